// Package stripesim is the part of Stripe that a billing product uses, in one process, on a clock of its own.
//
// Owns: the API of version 2026-03-25.dahlia as an http.Handler (objects, parameters, errors, idempotency keys, lists,
// expansion), what happens by itself as time passes (trials, renewals, retries, schedules, expiry), signed webhooks with
// their retries, trouble on order, and the pages that Stripe shows to people.
// Does not own: real money, what the product does with an event, when time passes. It knows nothing of a fence.
//
// Words: space, the objects of one account in one mode; clock, the time that a customer lives in (the simulator's own,
// or a test clock); due, the next moment at which an object changes by itself; behavior, how a card answers.
//
// Invariants: the same seed and the same calls give the same bytes, whatever the machine's clock says; no call that is
// refused has changed anything, except that a payment was tried; a status moves only along its table; an event is made
// for every change that Stripe makes one for, in the order of the changes; nothing happens but in a call, in Advance,
// in Deliver and on a page that was posted.
//
// Lifecycle: New, then requests and Advance in any order; nothing runs in the background unless a Runner is started.
// All state is behind one mutex and gone with the process, unless Open keeps a journal of what was asked.
package stripesim
