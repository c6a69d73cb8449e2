package takeoff

// panels lists a panel for every bay: none is bought in part, the last is cut or all are equalised.
func (s *site) panels(w *scribe, t *tally) {
	since := w.mark()
	w.Words("one for each of ").Some(t.bays, "bay")
	w.each(since, t, KeyPanel, "panel.panels", t.bays, t.segments)
}
