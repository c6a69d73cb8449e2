// The script of what a contractor's customers see: small, deferred, and not needed for anything.
import { beginBeacon } from "./behavior/beacon";
import { beginDialogs } from "./behavior/dialog";
import { beginGuard } from "./behavior/guard";
import { beginCopies } from "./behavior/reveal";
import { beginSummaryFocus } from "./behavior/summary";
import { beginValidation } from "./behavior/validate";

beginGuard();
beginDialogs();
beginCopies();
beginValidation();
beginSummaryFocus();
beginBeacon();
