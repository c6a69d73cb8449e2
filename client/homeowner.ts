// The script of what a contractor's customers see: small, deferred, and not needed for anything.
import { beginAsking } from "./behavior/asks";
import { beginBeacon } from "./behavior/beacon";
import { beginChoice } from "./behavior/choice";
import { beginGuard } from "./behavior/guard";
import { beginPad } from "./behavior/pad";
import { beginCopies } from "./behavior/reveal";
import { beginSealedCopy } from "./behavior/sealed";
import { beginSummaryFocus } from "./behavior/summary";
import { beginValidation } from "./behavior/validate";

beginGuard();
beginCopies();
beginValidation();
beginSummaryFocus();
beginBeacon();
beginChoice();
beginPad();
beginSealedCopy();
beginAsking();
