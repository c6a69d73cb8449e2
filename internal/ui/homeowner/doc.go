// Package homeowner is what a contractor's customers see on the company's host: a quote behind its secret
// address, the choice of a tier, the signature, and what became of it.
//
// Owns: these pages, their forms and styles, the sheet with the contractor's color.
// Does not own: what a quote says and who may sign when (quoting), its sentences (quoting/words), the paper
// (quoting/document), how a fence is drawn (quoting/drawing).
//
// Words: a link is one recipient's secret address; a choice is a tier and some extras; a bill is what it costs.
//
// Invariants: nothing here asks plan, usage or billing state. Opening a page changes nothing: a view is told by the
// page's script, or with the answer when there is none. Every page does its job without script. What the signer saw
// (total and fingerprint of the document) is posted with the signature and judged by quoting. A token of nobody and
// one of another company get the same bytes, in which nothing of the contractor stands.
package homeowner
