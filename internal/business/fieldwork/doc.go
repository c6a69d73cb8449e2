// Package fieldwork is the work on site: the job that an accepted quote promises.
//
// Owns: jobs and their states, opening one for each acceptance, holding it back while the plan has no room; whose job a
// photo is.
// Does not own: photos themselves (files), what was promised and signed (quoting), what is a task of the machine
// (platform/tasks): a job is work in somebody's yard.
//
// Words: a waiting job is sold and visible, and not to be scheduled until the plan allows it.
//
// Invariants: an acceptance has exactly one job, and opening it never fails for the company's plan: the homeowner
// has signed. A job is counted once, when it stops waiting or was never held back.
package fieldwork
