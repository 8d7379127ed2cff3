/* The entry: every page loads this module; each import looks after one habit of the interface. */
import "./morph.js";
import "./menus.js";
import "./dialogs.js";
import "./toasts.js";
import "./shortcuts.js";
import "./search.js";
import "./picker.js";
import "./forms.js";
import "./live.js";
import "./board.js";
