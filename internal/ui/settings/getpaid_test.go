package settings

import (
	"bytes"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/payment"
)

// Nothing disconnects an account but the page that says what it means, and of what is on its way it speaks where there is
// something.
func TestDisconnectingIsAskedFirst(t *testing.T) {
	t.Parallel()
	for _, a := range []payment.Account{{}, {DetailsSubmitted: true}, {DetailsSubmitted: true, ChargesEnabled: true}} {
		for _, leave := range standing(&a, true).Others {
			if leave.Danger && (leave.Post || leave.Href != leavePath) {
				t.Errorf("%+v: %s is one press", a, leave.Label)
			}
		}
	}
	for want, l := range map[string]payment.Leaving{
		"":                                 {Account: &payment.Account{Account: "acct_1"}},
		"$1,500.00 is on its way from a":   {Account: &payment.Account{Account: "acct_1"}, Underway: 1, UnderwayCents: 150000},
		"$3,000.00 in 2 payments is on":    {Account: &payment.Account{Account: "acct_1"}, Underway: 2, UnderwayCents: 300000},
		"say on the job what became of it": {Account: &payment.Account{Account: "acct_1"}, Underway: 1, UnderwayCents: 150000},
	} {
		var b bytes.Buffer
		if err := disconnectPage(l).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		for _, always := range []string{want, "Disconnect Stripe?", "how to pay by check", "account acct_1 stays yours", `action="` + leavePath + `"`, "Keep it connected"} {
			if !strings.Contains(got, always) {
				t.Errorf("with %d on their way the page does not say %q", l.Underway, always)
			}
		}
		if (l.Underway > 0) != strings.Contains(got, "What is on its way") {
			t.Errorf("with %d on their way: %s", l.Underway, got)
		}
	}
}
