// A form that only carries somebody on goes by itself; without scripts its button does.
"use strict";
for (const form of document.querySelectorAll("form[data-go-on]")) form.requestSubmit();
