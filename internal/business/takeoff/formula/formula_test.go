package formula

import "testing"

func TestFormulasReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	var w Writer
	w.Some(18, "bay").Words(" × ").Some(1, "rail").Words(", ").Num(1.15087).Words(" ft³, ").Num(8).Words(", ").
		Amount(684922).Words(", ").Amount(-5)
	want := "18 bays × 1 rail, 1.151 ft³, 8, $6849.22, −$0.05"
	if got := w.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.Cut(7)
	if got := w.String(); got != "18 bays" {
		t.Errorf("after Cut: %q, want %q", got, "18 bays")
	}
}
