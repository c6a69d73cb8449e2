// The script of signed-in pages and of the apex. Every page does its job without it.
import "htmx.org";

import { beginDialogs } from "./behavior/dialog";
import { beginDrafts } from "./behavior/draft";
import { beginGuard } from "./behavior/guard";
import { beginKeys } from "./behavior/keys";
import { beginKeyboardWatch } from "./behavior/keyboard";
import { beginLists } from "./behavior/list";
import { beginMenus } from "./behavior/menu";
import { beginNetworkWatch } from "./behavior/network";
import { beginPasskeys } from "./behavior/passkey";
import { beginProofs } from "./behavior/proof";
import { beginPasswords, beginCopies } from "./behavior/reveal";
import { beginSendNow } from "./behavior/sendnow";
import { beginSummaryFocus } from "./behavior/summary";
import { beginValidation } from "./behavior/validate";

beginProofs();
beginGuard();
beginMenus();
beginDialogs();
beginPasskeys();
beginPasswords();
beginCopies();
beginValidation();
beginSummaryFocus();
beginDrafts();
beginKeys();
beginKeyboardWatch();
beginLists();
beginNetworkWatch();
beginSendNow();
