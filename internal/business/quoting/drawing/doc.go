// Package drawing draws a fence: one scene for the office, the homeowner's page and the paper.
//
// Owns: drafting symbols, dimension lines, the names and lengths of runs, where labels find room, the same
// picture as SVG and as PDF strokes, and the sentence that says the drawing in words.
// Does not own: what the fence is made of (takeoff), colors and sizes on the page (the style sheet of the
// pages), the sheet around the drawing (document).
//
// Words: a run is one drawn segment; a run's length is measured (a fact: bold, on a dimension line with
// ticks) or estimated (a guess: italic, "~41 ft", no line). The office sees posts, the homeowner does not.
//
// Invariants: pure; the same plan gives the same bytes. Layouts that the engine would refuse are drawn as far
// as they make sense, and nothing panics. Labels stand upright and outside of the yard; they move apart
// before one is hidden, and Scene.Hidden names the runs and gates whose label found no room, so that whoever prints the
// drawing can list them. Text is escaped; markup carries classes and presentation attributes only, never a
// style attribute (the content policy of the pages forbids them).
//
// Classes, for the style sheet: the root is "drawing"; groups are the names of the pens in scene.go ("fence",
// "fence-thin", "gate", "swing", "dimension", "label", ...). Within labels, "measured", "estimated", "name", "gate-width", "mark-name", "post-number". One unit of the
// view box is one pixel at the width asked for. Colors come as currentColor.
package drawing
