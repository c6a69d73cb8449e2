package console

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/ui/kit"
)

func TestFunnelSaysHowManyOfAll(t *testing.T) {
	t.Parallel()
	facts := funnelFacts([]console.FunnelStep{{Event: "signup_submitted", Companies: 8}, {Event: "checklist_step_done", Detail: "color", Companies: 3}, {Event: "first_quote_sent", Companies: 2}})
	want := map[string]string{"Signed up": "8 100 %", "Chose a color": "3 37 %", "Sent a quote": "2 25 %", "Left": "0 0 %"}
	for _, f := range facts {
		if says, asked := want[f.Label]; asked && f.Value+" "+f.Note != says {
			t.Errorf("%s: %s %s, want %s", f.Label, f.Value, f.Note, says)
		}
		delete(want, f.Label)
	}
	if len(want) > 0 {
		t.Errorf("it says nothing of %v", want)
	}
	if page := rendered(t, listedView(listedPage{Heading: kit.Heading{Title: "Sign-ups"}, Funnel: facts})); !strings.Contains(page, "Chose a color") {
		t.Errorf("the page does not show it: %s", page)
	}
	if nobody := funnelFacts(nil); nobody[0].Note != "" {
		t.Errorf("of nobody it says %q", nobody[0].Note)
	}
}
