package console

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
)

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// paying is a company that Stripe knows, with an invoice that its bank asks to be confirmed.
func paying() console.Company {
	at := time.Date(2026, 3, 3, 15, 0, 0, 0, time.UTC)
	c := console.Company{Taken: true, Customers: []console.Customer{{ID: "cus_1", Dirty: true, ReadAt: &at}, {ID: "cus_0", GoneAt: &at}}, Price: &console.AgreedPrice{MonthlyCents: 49900, AgreedBy: "Olivia Reyes", AgreedAt: at}}
	c.ID, c.Name, c.Host, c.Now = id.New(), "Alpha Fence", "alpha", at
	c.Subscriptions = []console.Subscription{{ID: "sub_1", CustomerID: "cus_1", Status: plan.StatusPastDue, Plan: plan.Growth, PeriodEnd: at}}
	c.Invoices = []console.Invoice{{ID: "in_1", CustomerID: "cus_1", Number: "A-7", Status: "open", TotalCents: 14900, OpenCents: 14900, Attempts: 2, CreatedAt: at, Confirm: true}}
	return c
}

func TestPaymentsOfACompany(t *testing.T) {
	t.Parallel()
	c := paying()
	var view companyPage
	view.paying(c)
	got := rendered(t, companyView(view))
	for _, want := range []string{"cus_1", "is to be read again", "Deleted at Stripe", "Growth: past due", "$149.00: open", "3-D Secure", "Fetch again", pathOf(c.ID, "/payments/fetch"), "Compare with Stripe",
		"$499.00 a month is agreed, and Stripe does not have it yet.", pathOf(c.ID, "/price/make")} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	c.Customers, c.Price = nil, nil
	view = companyPage{}
	view.paying(c)
	if got := rendered(t, companyView(view)); !strings.Contains(got, "Make the customer") || strings.Contains(got, "Fetch again") || !strings.Contains(got, "Agree a price") {
		t.Error("a company without a customer is not offered one, or has something fetched")
	}
}

func TestComparisonNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 3, 15, 0, 0, 0, time.UTC)
	sub := plan.Subscription{ID: "sub_1", Plan: plan.Growth, Status: plan.StatusPastDue, PeriodEnd: at}
	paid := sub
	paid.Status = plan.StatusActive
	same := billing.Invoice{Number: "A-7", Status: billing.Paid, TotalCents: 14900}
	fresh := billing.Invoice{Number: "A-8", Status: billing.Open, TotalCents: 14900, OpenCents: 14900}
	got := sideOf(console.Beside{Customer: console.Customer{ID: "cus_1"},
		Here:  billing.Snapshot{Subscriptions: []plan.Subscription{sub}, Invoices: []billing.Invoice{same}},
		There: billing.Snapshot{Subscriptions: []plan.Subscription{paid}, Invoices: []billing.Invoice{fresh, same}}})
	var lines []string
	for _, l := range got.Lines {
		mark := "different"
		if l.Same {
			mark = "same"
		}
		lines = append(lines, l.What+" "+mark)
	}
	if want := "Subscription sub_1 different; Invoice A-7 same; Invoice A-8 different"; strings.Join(lines, "; ") != want {
		t.Errorf("got %q, want %q", strings.Join(lines, "; "), want)
	}
	if page := rendered(t, compareView(comparePage{Sides: []side{got}})); !strings.Contains(page, "At Stripe now") || !strings.Contains(page, "growth, active, until Apr 3, 2026") {
		t.Error(page)
	}
	away := sideOf(console.Beside{Customer: console.Customer{ID: "cus_1"}, Here: billing.Snapshot{Invoices: []billing.Invoice{same}}, Failed: "Stripe did not answer."})
	if !away.Lines[0].Same || away.Failed == "" {
		t.Errorf("%+v: what could not be asked is no difference", away)
	}
}

func TestAmountsOfAnyCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		units    int64
		currency string
		want     string
	}{{14900, "USD", "$149.00"}, {14900, "EUR", "149.00 EUR"}, {5, "EUR", "0.05 EUR"}, {12300, "JPY", "12300 JPY"}, {1234, "KWD", "1.234 KWD"}} {
		if got := amount(c.units, c.currency); got != c.want {
			t.Errorf("%d %s reads %q, want %q", c.units, c.currency, got, c.want)
		}
	}
}
