package plans

import (
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/billing"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// overviewView is the page of the plan.
type overviewView struct {
	Sentence string
	Chip     kit.Chip
	Next     *kit.Step // the one thing that waits for the owner
	NextToo  *kit.Action
	Write    *kit.Action // to the platform's people, where only they can help
	Columns  []column
	Ask      string // who chooses the plan, for everybody else
	Paid     []kit.Fact
	Card     *kit.Action
	Invoices *kit.List
	End      bool
}

func (h *Handlers) overviewOf(a tenancy.Actor, o billing.Overview) overviewView {
	v := overviewView{Sentence: billing.StateSentence(a, o), Chip: chipOf(o.Entitlements)}
	may := a.May(tenancy.BillingManage)
	stopped := o.Entitlements.State == plan.Suspended // no plan opens it again
	if may && stopped {
		v.Write = h.Pages.WriteToUs("Our company is stopped: " + a.Org.Name)
	}
	if may && h.Billing != nil {
		v.waits(a, o)
	}
	var smaller *plan.Plan
	for _, p := range plan.Offered() {
		c := columnOf(p, smaller, o)
		v.mark(&c, p, o, may && h.Billing != nil && !stopped)
		v.Columns = append(v.Columns, c)
		smaller = &p
	}
	if !may {
		v.Ask = askWords(o.Owners)
		return v
	}
	if h.Billing == nil {
		v.Ask = "This installation takes no payments: your plan is what was agreed with whoever runs it."
		return v
	}
	v.paid(a, o)
	return v
}

// mark says of a column whether it is the company's, and what can be done with it.
func (v overviewView) mark(c *column, p plan.Plan, o billing.Overview, may bool) {
	e := o.Entitlements
	subscribed := o.Subscription.ID != ""
	chosen := subscribed && o.Subscription.Plan == p.Key
	switch {
	case e.Flags.Next == p.Key && !e.Flags.CancelAtPeriodEnd:
		c.Chip = kit.Chip{Word: "Comes next", Tone: kit.Info}
		chosen = true
	case e.Cause == plan.ByTrial && p.Key == e.Plan.Key:
		c.Chip = kit.Chip{Word: "Your trial", Tone: kit.Good}
	case chosen && e.Flags.CancelAtPeriodEnd:
		c.Chip = kit.Chip{Word: "Ends", Tone: kit.Watch}
	case chosen || !subscribed && e.Plan.Key == p.Key && e.Access().Write:
		c.Chip = kit.Chip{Word: "Your plan", Tone: kit.Good}
	}
	if !may || chosen {
		return
	}
	c.Deed = &kit.Action{Label: "Choose " + p.Name, Href: choosePath + "?plan=" + string(p.Key)}
	c.Primary = p.Key == plan.Growth && v.Next == nil && !subscribed && e.Cause != plan.ByAgreement && e.Cause != plan.ByComp
	if p.MonthlyCents == 0 {
		c.Deed.Label = "Ask about " + p.Name
	}
	if e.Cause == plan.ByAgreement && p.Key == e.Plan.Key {
		c.Deed.Label = "Pay for " + p.Name
	}
}

// waits is what waits for the owner: the most urgent first, and only one.
func (v *overviewView) waits(a tenancy.Actor, o billing.Overview) {
	e := o.Entitlements
	for _, i := range o.Invoices {
		if i.Unpaid() && i.PageURL != "" && (e.State == plan.PastDue || e.State == plan.Restricted) && i.SubscriptionID == o.Subscription.ID {
			v.Next = &kit.Step{Sentence: i.OpenCents.String() + " of invoice " + i.Number + " are unpaid. Once they are paid everything works again at once.",
				Action: &kit.Action{Label: "Pay " + i.OpenCents.String(), Href: i.PageURL}}
			if e.State == plan.PastDue {
				v.Next.Sentence = i.OpenCents.String() + " of invoice " + i.Number + " are unpaid. Pay by " + billing.Day(a, o.Now, e.Until) + " and nothing stops."
			}
			return
		}
	}
	switch {
	case o.Waiting != nil:
		v.Next = &kit.Step{Sentence: "The change to " + billing.PlanName(o.Waiting.Plan) + " waits for a payment of " + money.Cents(o.Waiting.Cents).String() + " until " + clock(a, o.Waiting.ExpiresAt) + ". Until it is paid nothing changes."}
		if o.Waiting.PageURL != "" {
			v.Next.Action = &kit.Action{Label: "Pay " + money.Cents(o.Waiting.Cents).String(), Href: o.Waiting.PageURL}
		}
		v.NextToo = &kit.Action{Label: "Drop the change", Href: undoPath, Post: true}
	case o.Checkout != nil:
		v.Next = &kit.Step{Sentence: "You began to buy " + billing.PlanName(o.Checkout.Plan) + ". Nothing is bought yet; the page to pay on is open until " + clock(a, o.Checkout.ExpiresAt) + ".",
			Action: &kit.Action{Label: "Go on paying", Href: o.Checkout.PageURL}}
		v.NextToo = &kit.Action{Label: "Close it", Href: dropPath, Post: true}
	case o.Subscription.ID != "" && e.Flags.CancelAtPeriodEnd:
		v.Next = &kit.Step{Sentence: "You can keep it until " + billing.Day(a, o.Now, o.Subscription.PeriodEnd) + ".", Action: &kit.Action{Label: "Keep the plan", Href: resumePath, Post: true}}
	case o.Subscription.Next != "":
		v.Next = &kit.Step{Sentence: "On " + billing.Day(a, o.Now, o.Subscription.NextAt) + " your plan becomes " + billing.PlanName(o.Subscription.Next) + ".",
			Action: &kit.Action{Label: "Keep " + billing.PlanName(o.Subscription.Plan), Href: undoPath, Post: true}}
	case o.Subscription.Status == plan.StatusPaused:
		v.Next = &kit.Step{Sentence: "Your plan is paused because there is no card.", Action: &kit.Action{Label: "Add a card", Href: portalPath, Post: true}}
	}
}

// paid says what is paid, with which card, and what was billed.
func (v *overviewView) paid(a tenancy.Actor, o billing.Overview) {
	if o.Subscription.ID != "" {
		p, err := plan.Lookup(o.Subscription.Plan, o.Subscription.Version)
		if err == nil && p.MonthlyCents > 0 && !o.Entitlements.Flags.CancelAtPeriodEnd {
			v.Paid = monthly(p, o.ExtraUsers)
		}
		v.Card = &kit.Action{Label: "Card and billing address", Href: portalPath, Post: true}
		v.End = !o.Entitlements.Flags.CancelAtPeriodEnd
	}
	if len(o.Invoices) == 0 {
		return
	}
	l := &kit.List{Name: "Invoices", Columns: []kit.Column{{Label: "Invoice", Priority: 1}, {Label: "Date", Priority: 2, Phone: kit.PhoneSecond}, {Label: "State", Priority: 1, Phone: kit.PhoneSecond},
		{Label: "Amount", Priority: 1, Figure: true, Phone: kit.PhoneRight}, {Label: "Paper", Priority: 2, Phone: kit.PhoneSecond}}}
	for _, i := range o.Invoices {
		r := kit.Row{ID: i.ID, Href: i.PageURL, Cells: []kit.Cell{{Text: "Invoice " + i.Number}, {Text: i.CreatedAt.In(a.Org.Zone()).Format("Jan 2, 2006")}, {Chip: invoiceWords(i)}, {Text: i.TotalCents.String()}, {}}}
		if i.PdfURL != "" {
			r.Cells[4].View = paper(i.Number, i.PdfURL)
		}
		l.Rows = append(l.Rows, r)
	}
	v.Invoices = l
}

func (v overviewView) paidTitle() string {
	if len(v.Paid) == 0 {
		return "Card"
	}
	return "What you pay"
}

// monthly is what a plan costs a month with so many people beyond those that it includes.
func monthly(p plan.Plan, beyond int64) []kit.Fact {
	if beyond == 0 {
		return []kit.Fact{{Label: p.Name + ", a month", Value: p.MonthlyCents.String(), Figure: true}}
	}
	extra := p.ExtraUser * money.Cents(beyond)
	return []kit.Fact{{Label: p.Name, Value: p.MonthlyCents.String(), Figure: true},
		{Label: people(beyond) + " beyond " + kit.Figure(p.IncludedUsers), Value: extra.String(), Figure: true},
		{Label: "A month", Value: (p.MonthlyCents + extra).String(), Figure: true}}
}

func people(n int64) string {
	if n == 1 {
		return "1 person"
	}
	return kit.Figure(n) + " people"
}

func askWords(owners []string) string {
	switch len(owners) {
	case 0:
		return "An owner chooses the plan."
	case 1:
		return "Ask " + owners[0] + " (owner) to change the plan."
	}
	return "Ask " + strings.Join(owners[:len(owners)-1], ", ") + " or " + owners[len(owners)-1] + " (owners) to change the plan."
}

// choiceView is what a choice would do and cost.
type choiceView struct {
	Title   string
	Lead    string
	Problem string
	Bill    []kit.Fact // what is due at once, line by line
	After   string     // what is paid from then on
	Over    []string
	Deed    string // empty: there is nothing to agree to
	Fields  []kit.Hidden
}

func choiceOf(a tenancy.Actor, c billing.Choice, now time.Time) choiceView {
	v := choiceView{Title: "Choose " + c.Plan.Name}
	each := c.Each.String() + " a month"
	if c.Extra > 0 && c.Plan.ExtraUser > 0 {
		each += ": " + c.Offer.Cents.String() + " and " + (c.Offer.ExtraCents * money.Cents(c.Extra)).String() + " for " + people(c.Extra) + " beyond " + kit.Figure(c.Plan.IncludedUsers)
	}
	due := int64(0)
	switch c.Way {
	case billing.WayStay:
		v.Lead = c.Plan.Name + " is your plan already."
		return v
	case billing.WayNotNow:
		v.Lead = c.Because
		return v
	case billing.WayBuy:
		v.Deed = "Go to payment"
		v.buying(a, c, now, each)
	case billing.WayLater:
		v.Deed = "Change to " + c.Plan.Name + " on " + billing.Day(a, now, c.Starts)
		v.Lead = "Until " + billing.Day(a, now, c.Starts) + " you keep " + billing.PlanName(c.From) + ", which is paid until then. Nothing is given back, nothing is charged today. You can take it back until that day."
		v.After = "From " + billing.Day(a, now, c.Starts) + ": " + each + "."
	case billing.WayNow:
		due = int64(c.Preview.Due)
		v.Deed = "Change to " + c.Plan.Name
		if !c.Starts.IsZero() {
			v.Lead = "Nothing is charged in the trial. At its end, on " + billing.Day(a, now, c.Starts) + ", " + c.Plan.Name + " begins."
			v.After = "From " + billing.Day(a, now, c.Starts) + ": " + each + "."
			break
		}
		v.Lead = c.Plan.Name + " holds at once, as soon as this is paid. The rest of " + billing.PlanName(c.From) + " is given back. If the card is declined, nothing changes."
		for _, l := range c.Preview.Lines {
			v.Bill = append(v.Bill, kit.Fact{Label: l.Words, Value: l.Cents.String(), Figure: true})
		}
		v.Bill = append(v.Bill, kit.Fact{Label: "Due today", Value: c.Preview.Due.String(), Figure: true})
		v.After = "After that " + each + "."
		v.Deed += " and pay " + c.Preview.Due.String()
	}
	for _, x := range c.Over {
		v.Over = append(v.Over, overWords(x))
	}
	v.Fields = []kit.Hidden{{Name: "plan", Value: string(c.Plan.Key)}, {Name: "due", Value: strconv.FormatInt(due, 10)}}
	if !c.CountsFrom.IsZero() {
		v.Fields = append(v.Fields, kit.Hidden{Name: "counts_from", Value: strconv.FormatInt(c.CountsFrom.Unix(), 10)})
	}
	return v
}

func (v *choiceView) buying(a tenancy.Actor, c billing.Choice, now time.Time, each string) {
	if c.TrialKept != nil {
		v.Lead = "Your trial goes on until " + billing.Day(a, now, *c.TrialKept) + " with everything that Growth has. Your card is asked for now and charged then."
		v.Bill = []kit.Fact{{Label: "Due today", Value: money.Cents(0).String(), Figure: true}}
		v.After = "From " + billing.Day(a, now, *c.TrialKept) + ": " + each + "."
		return
	}
	v.Lead = c.Plan.Name + " begins as soon as it is paid."
	if c.TrialShort {
		v.Lead = "So little of your trial is left that " + c.Plan.Name + " begins today."
	}
	v.Bill = []kit.Fact{{Label: "Due today", Value: c.Each.String(), Figure: true}}
	v.After = each + ", on the same day of each month."
	v.After = strings.ToUpper(v.After[:1]) + v.After[1:]
}

// overWords say of what there is more than the plan has, and what follows: nothing goes.
func overWords(x billing.Excess) string {
	switch x.Metric {
	case plan.Users:
		return people(x.Used) + " work here and the plan has " + kit.Figure(x.Limit) + ". Everybody stays and works on; nobody can be added until fewer than " + kit.Figure(x.Limit+1) + " are left. You choose who is deactivated."
	case plan.Storage:
		return usage.Bytes(x.Used) + " are stored and the plan has " + usage.Bytes(x.Limit) + ". All of it stays and opens; nothing can be added until some is removed."
	case plan.Jobs:
		return kit.Figure(x.Used) + " jobs were opened this month and the plan has " + kit.Figure(x.Limit) + " a month. They stay; further ones wait until the month begins anew."
	}
	return usage.Amount(x.Metric, x.Used, x.Limit) + " were used this month. Further ones are refused until the month begins anew."
}

// endingView is what ending the plan does.
type endingView struct {
	Lead  string
	Stays []string
	Deed  string
	Keep  string
}

func endingOf(a tenancy.Actor, o billing.Overview) endingView {
	if o.Subscription.ID == "" {
		return endingView{Lead: "Your company pays for no plan, so there is nothing to end."}
	}
	if o.Entitlements.Flags.CancelAtPeriodEnd {
		return endingView{Lead: "Your plan ends on " + billing.Day(a, o.Now, o.Subscription.PeriodEnd) + " already."}
	}
	v := endingView{Deed: "End the plan", Keep: "Keep the plan"}
	end := o.Subscription.PeriodEnd
	read := end.Add(plan.ReadOnlyFor)
	kept := end.Add(plan.KeptFor)
	if billing.EndsNow(o.Subscription.Status) {
		v.Lead = "The plan ends now, since what is open was not paid. That is no longer collected."
		read, kept = o.Now.Add(plan.ReadOnlyFor), o.Now.Add(plan.KeptFor)
		v.Stays = append(v.Stays, "From now on everything is read-only.")
	} else {
		v.Lead = "The plan ends on " + billing.Day(a, o.Now, end) + ". Nothing is charged after that, and nothing is given back."
		v.Stays = append(v.Stays, "Until "+billing.Day(a, o.Now, end)+" everything works as before, and you can take this back.")
	}
	v.Stays = append(v.Stays,
		"Until "+billing.Day(a, o.Now, read)+" everybody reads everything, your customers' links work, and what they sign is kept.",
		"After that only owners come in. Until "+billing.Day(a, o.Now, kept)+" everything is kept and can be exported; a plan chosen by then brings it all back.")
	return v
}
