package plans

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// clock is a day with its time, for what ends within hours.
func clock(a tenancy.Actor, t time.Time) string {
	return t.In(a.Org.Zone()).Format("Mon, Jan 2, 3:04 PM")
}

func chipOf(e plan.Entitlements) kit.Chip {
	c := kit.Chip{Word: billing.StateWord(e), Tone: kit.Bad}
	switch {
	case e.State == plan.Trialing && !e.Flags.CancelAtPeriodEnd:
		c.Tone = kit.Info
	case e.State == plan.PastDue || e.Flags.CancelAtPeriodEnd && (e.State == plan.Trialing || e.State == plan.Active):
		c.Tone = kit.Watch
	case e.State == plan.Active:
		c.Tone = kit.Good
	}
	return c
}

// column is one plan beside what the company uses.
type column struct {
	Name     string
	Price    string
	PriceFor string // what the price is for, or of enterprise where it is said
	Yours    string // what it costs with the people of now; empty: the price says it
	Chip     kit.Chip
	Limits   []limit
	Features string
	Coming   string // empty: all of them are there
	Deed     *kit.Action
	Primary  bool
}

// limit is one limit beside what is used of it.
type limit struct {
	Label string
	Words string
	Over  string // how much is used beyond it
}

// features are those that a plan has beyond the smaller one, and those that it will have.
func features(p plan.Plan, smaller *plan.Plan) (has, coming string) {
	all, rest := p.Features, ""
	if smaller != nil {
		all, rest = all[len(smaller.Features):], "everything in "+smaller.Name+", and "
	}
	var now, later []string
	for _, f := range all {
		if f.Coming() {
			later = append(later, f.Name())
		} else {
			now = append(now, f.Name())
		}
	}
	has = rest + together(now) + "."
	if len(later) > 0 {
		coming = "Coming: " + together(later) + "."
	}
	return strings.ToUpper(has[:1]) + has[1:], coming
}

// together is "a, b and c".
func together(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func limitOf(m plan.Metric, limited, used int64) limit {
	l := limit{Label: map[plan.Metric]string{plan.Users: "People", plan.Jobs: "Jobs a month", plan.Storage: "Storage", plan.APICalls: "API calls a month"}[m]}
	say := kit.Figure
	if m == plan.Storage {
		say = usage.Bytes
	}
	if limited == plan.Unlimited {
		l.Words = say(used) + ", no limit"
		return l
	}
	l.Words = say(used) + " of " + say(limited)
	if used > limited {
		l.Over = say(used-limited) + " over"
	}
	return l
}

func columnOf(p plan.Plan, smaller *plan.Plan, o billing.Overview) column {
	c := column{Name: p.Name, Price: p.MonthlyCents.Dollars(), PriceFor: "a month"}
	c.Features, c.Coming = features(p, smaller)
	if p.MonthlyCents == 0 {
		c.Price, c.PriceFor = "Talk to us", "a price for your company"
	}
	if p.ExtraUser > 0 {
		c.PriceFor = "a month with " + kit.Figure(p.IncludedUsers) + " people, " + p.ExtraUser.Dollars() + " for each of up to " + kit.Figure(p.Limits[plan.Users]-p.IncludedUsers) + " more"
	}
	if extra := p.Extra(o.People); extra > 0 && o.People <= p.Limits[plan.Users] {
		c.Yours = (p.MonthlyCents + p.ExtraUser*money.Cents(extra)).Dollars() + " a month with your " + kit.Figure(o.People) + " people"
	}
	for _, m := range plan.Metrics {
		if m != plan.Quotes { // has no limit anywhere
			c.Limits = append(c.Limits, limitOf(m, p.Limits[m], o.Used[m]))
		}
	}
	return c
}

func invoiceWords(i billing.OwnInvoice) kit.Chip {
	switch {
	case i.RefundedCents > 0:
		return kit.Chip{Word: i.RefundedCents.String() + " refunded", Tone: kit.Calm}
	case i.Status == billing.Paid:
		return kit.Chip{Word: "Paid", Tone: kit.Good}
	case i.Status == billing.Void:
		return kit.Chip{Word: "Void", Tone: kit.Calm}
	case i.Unpaid():
		return kit.Chip{Word: "Unpaid", Tone: kit.Bad}
	}
	return kit.Chip{Word: "Open", Tone: kit.Info}
}
