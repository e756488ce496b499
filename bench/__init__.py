"""What the app costs beside the bare SDK: `make bench`, ratios taken side by side in one run."""
