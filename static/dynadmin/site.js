// What every page does with a keyboard, and what a list does beyond links and forms.
"use strict";
