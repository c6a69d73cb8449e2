// Package kit is the drawing sheet that every page is ruled on: frames, headers, lists, forms, messages.
//
// Owns: the document frame, the shells around pages, the components and their markup, how a viewer wants
// pages to look (theme, density), the contractor's color computed for contrast.
// Does not own: what a page says (one folder per area beside this one), status codes (httpx), the styles
// themselves (client/css), rights: an action that a person may not see is left out by the page.
//
// Words: a frame is the whole document, a component a part of it; an Action is a link or a one-button form;
// a Field is one question of a form.
//
// Invariants: no style attribute and no inline script leaves this package; every component does its job
// without script; every input has a label; text from outside is always escaped.
package kit
