"""The AdminAPI door: `/endpoint?table=Alias&id=…`, as its existing clients know it."""
