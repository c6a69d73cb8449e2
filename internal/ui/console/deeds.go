package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/console"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// grantPage is the form of something beyond a plan.
type grantPage struct {
	Heading                             kit.Heading
	Action, Back                        string
	Kind, Metric, Limit, Feature, Until string
	Reason                              string
	Problems                            kit.Problems
}

func (h *Handlers) grantForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	return h.showGrant(w, r, c, grantPage{Kind: string(tenancy.OverrideLimit), Metric: string(plan.Jobs)}, nil)
}

func (h *Handlers) showGrant(w http.ResponseWriter, r *http.Request, c console.Company, view grantPage, wrong error) error {
	view.Heading, view.Action, view.Back = companyHeading(c, "Grant something", kit.Chip{}), pathOf(c.ID, "/grant"), pathOf(c.ID, "")
	page := below(c, "grant something")
	if wrong != nil {
		page, view.Problems = failed(w, page, wrong), problemsOf(wrong, "kind")
	}
	return h.Pages.OperatorPage(w, r, page, grantView(view))
}

// below is a page below a company's.
func below(c console.Company, what string) shell.Page {
	return shell.Page{Title: c.Name + ": " + what, Back: &kit.Link{Label: c.Name, Href: pathOf(c.ID, "")}}
}

func (h *Handlers) grant(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	view := grantPage{Kind: f.Get("kind"), Metric: f.Get("metric"), Limit: f.Get("limit"), Feature: f.Get("feature"), Until: f.Get("until"), Reason: f.Get("reason")}
	in, err := view.input(c, by(r))
	if err == nil {
		_, err = h.Operators.Override(r.Context(), in)
	}
	if comesBack(err) {
		return h.showGrant(w, r, c, view, renamed(err, map[string]string{"/subject": "/" + subjectField(in.Kind)}))
	}
	if err != nil {
		return err
	}
	return done(w, r, pathOf(c.ID, ""), "Granted. It holds within a second, and stands in the company's log.")
}

func subjectField(k tenancy.OverrideKind) string {
	if k == tenancy.OverrideFeature {
		return "feature"
	}
	return "metric"
}

// renamed points a fault's fields at the fields of a form.
func renamed(err error, names map[string]string) error {
	f := *fault.As(err)
	for i := range f.Fields {
		if name := names[f.Fields[i].Pointer]; name != "" {
			f.Fields[i].Pointer = name
		}
	}
	return &f
}

// input reads the form. The last day is the company's own, whole.
func (v grantPage) input(c console.Company, by operator.Doer) (operator.OverrideInput, error) {
	in := operator.OverrideInput{Company: c.Host, Kind: tenancy.OverrideKind(v.Kind), Reason: v.Reason, By: by}
	var p fault.Problems
	switch in.Kind {
	case tenancy.OverrideLimit:
		in.Subject, in.Limit = v.Metric, plan.Unlimited
		if v.Limit != "" {
			n, err := strconv.ParseInt(strings.ReplaceAll(v.Limit, ",", ""), 10, 64)
			if err != nil || n < 0 {
				p.Add("/limit", "Enter a whole number, or nothing for no limit.")
			}
			in.Limit = n
		}
		if in.Subject == string(plan.Storage) && in.Limit > 0 {
			in.Limit *= 1_000_000_000 // typed in GB
		}
	case tenancy.OverrideFeature:
		in.Subject = v.Feature
	case tenancy.OverrideComp:
	default: // a stop has a form of its own
		p.Add("/kind", "Choose what to grant.")
	}
	until, err := lastDay(v.Until, c.Zone())
	if err != nil {
		p.Add("/until", "Enter a day like 2027-03-31.")
	}
	in.Until = until
	return in, p.Err()
}

// lastDay is the end of a day that was typed; nothing for none.
func lastDay(text string, zone *time.Location) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	d, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return nil, err
	}
	end := d.AddDate(0, 0, 1)
	return &end, nil
}

// reasonPage asks why something is done, and does it.
type reasonPage struct {
	Heading      kit.Heading
	Lead         string
	Action, Back string
	Submit       string
	Reason       string
	Problems     kit.Problems
}

func (h *Handlers) showReason(w http.ResponseWriter, r *http.Request, page shell.Page, view reasonPage, wrong error) error {
	if wrong != nil {
		page, view.Problems = failed(w, page, wrong), problemsOf(wrong, "reason")
	}
	return h.Pages.OperatorPage(w, r, page, reasonView(view))
}

func stopPage(c console.Company, reason string) reasonPage {
	return reasonPage{Heading: companyHeading(c, "Stop "+c.Name, kit.Chip{}), Action: pathOf(c.ID, "/stop"), Back: pathOf(c.ID, ""), Submit: "Stop the company", Reason: reason,
		Lead: "Nobody of the company comes in, its customers' links say whom to call, no mail leaves. Nothing is deleted. It holds within a second, until an operator ends it."}
}

func (h *Handlers) stopForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	return h.showReason(w, r, below(c, "stop"), stopPage(c, ""), nil)
}

func (h *Handlers) stop(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	reason := r.PostForm.Get("reason")
	_, err = h.Operators.Override(r.Context(), operator.OverrideInput{Company: c.Host, Kind: tenancy.OverrideHold, Reason: reason, By: by(r)})
	if comesBack(err) {
		return h.showReason(w, r, below(c, "stop"), stopPage(c, reason), err)
	}
	if err != nil {
		return err
	}
	return done(w, r, pathOf(c.ID, ""), c.Name+" is stopped.")
}

func endPage(c console.Company, o operator.Overridden, reason string) reasonPage {
	what := console.OverrideWords(o.Kind, o.Subject, o.LimitedTo)
	return reasonPage{Heading: companyHeading(c, "End "+what, kit.Chip{}), Action: pathOf(c.ID, "/overrides/"+o.ID.String()+"/end"), Back: pathOf(c.ID, ""), Submit: "End it", Reason: reason,
		Lead: "Granted by " + o.GrantedBy + " on " + day(o.GrantedAt) + ": " + o.Reason + ". From now on the company has what it has without it."}
}

func (h *Handlers) endForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	o, found := overrideOf(c, r)
	if !found {
		return fault.Missing()
	}
	return h.showReason(w, r, below(c, "end an override"), endPage(c, o, ""), nil)
}

func (h *Handlers) end(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	o, found := overrideOf(c, r)
	if !found {
		return fault.Missing()
	}
	reason := r.PostForm.Get("reason")
	_, err = h.Operators.EndOverride(r.Context(), operator.EndInput{Company: c.Host, ID: o.ID, Reason: reason, By: by(r)})
	if comesBack(err) {
		return h.showReason(w, r, below(c, "end an override"), endPage(c, o, reason), err)
	}
	if err != nil {
		return err
	}
	return done(w, r, pathOf(c.ID, ""), "It ended.")
}

type pricePage struct {
	Heading         kit.Heading
	Action, Back    string
	Monthly, Reason string
	Refused         string // why there can be none
	Problems        kit.Problems
}

func (h *Handlers) showPrice(w http.ResponseWriter, r *http.Request, c console.Company, view pricePage, wrong error) error {
	view.Heading, view.Action, view.Back = companyHeading(c, "Agree a price", kit.Chip{}), pathOf(c.ID, "/price"), pathOf(c.ID, "")
	if !c.Taken {
		view.Refused = "This installation takes no payments: FENCE_STRIPE_SECRET_KEY is not set."
	}
	page := below(c, "agree a price")
	if wrong != nil {
		page, view.Problems = failed(w, page, wrong), problemsOf(wrong, "monthly")
	}
	return h.Pages.OperatorPage(w, r, page, priceView(view))
}

func (h *Handlers) priceForm(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	return h.showPrice(w, r, c, pricePage{}, nil)
}

func (h *Handlers) agree(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	view := pricePage{Monthly: r.PostForm.Get("monthly"), Reason: r.PostForm.Get("reason")}
	monthly, err := money.Parse(view.Monthly)
	if err != nil {
		err = fault.InvalidField("/monthly", "Enter dollars a month, like 499.")
	} else {
		err = h.Console.Agree(r.Context(), c.ID, console.PriceInput{Monthly: monthly, Reason: view.Reason, By: by(r)})
	}
	if fault.Is(err, fault.Unavailable) { // written down; the page has the way to go on
		return done(w, r, pathOf(c.ID, ""), fault.As(err).Message)
	}
	if comesBack(err) {
		return h.showPrice(w, r, c, view, err)
	}
	if err != nil {
		return err
	}
	return done(w, r, pathOf(c.ID, ""), "The price is agreed, and Stripe has it.")
}

func (h *Handlers) makePrice(w http.ResponseWriter, r *http.Request) error {
	return h.deed(w, r, "Stripe has the price.", func(c console.Company) error { return h.Console.MakePrice(r.Context(), c.ID) })
}

func (h *Handlers) fetch(w http.ResponseWriter, r *http.Request) error {
	return h.deed(w, r, "It is read again now. Load the page in a moment.", func(c console.Company) error { return h.Console.FetchAgain(r.Context(), by(r), c.ID) })
}

func (h *Handlers) makeCustomer(w http.ResponseWriter, r *http.Request) error {
	return h.deed(w, r, "A task makes the customer now. Load the page in a moment.", func(c console.Company) error { return h.Console.MakeCustomer(r.Context(), by(r), c.ID) })
}

// deed is a form of one button on a company's page.
func (h *Handlers) deed(w http.ResponseWriter, r *http.Request, said string, do func(console.Company) error) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	if err := do(c); fault.Is(err, fault.Unavailable) {
		said = fault.As(err).Message
	} else if err != nil {
		return err
	}
	return done(w, r, pathOf(c.ID, ""), said)
}

// comparePage sets what is mirrored beside what the provider says now.
type comparePage struct {
	Heading kit.Heading
	Fetch   kit.Action
	Sides   []side
	None    bool
}

// side is one customer: each line as it is here and there.
type side struct {
	Customer string
	Note     string
	Failed   string
	Lines    []compared
}

type compared struct {
	What, Here, There string
	Same              bool
}

func (h *Handlers) payments(w http.ResponseWriter, r *http.Request) error {
	c, err := h.the(r)
	if err != nil {
		return err
	}
	all, err := h.Console.Besides(r.Context(), c)
	if err != nil {
		return err
	}
	view := comparePage{Heading: companyHeading(c, "Payments", kit.Chip{}), None: len(all) == 0, Fetch: kit.Action{Label: "Fetch again", Href: pathOf(c.ID, "/payments/fetch"), Post: true, Icon: "refresh-cw"}}
	for _, b := range all {
		view.Sides = append(view.Sides, sideOf(b))
	}
	page := below(c, "payments")
	page.Wide = true
	return h.Pages.OperatorPage(w, r, page, compareView(view))
}

const missing = "–"

func sideOf(b console.Beside) side {
	s := side{Customer: b.Customer.ID, Failed: b.Failed, Note: "Read here " + momentOf(b.Customer.ReadAt, "never") + "."}
	lines := map[string]*compared{}
	var order []string
	put := func(what string, here bool, value string) {
		if lines[what] == nil {
			lines[what] = &compared{What: what, Here: missing, There: missing}
			order = append(order, what)
		}
		if here {
			lines[what].Here = value
		} else {
			lines[what].There = value
		}
	}
	for _, half := range []bool{true, false} {
		snapshot := b.There
		if half {
			snapshot = b.Here
		}
		for _, sub := range snapshot.Subscriptions {
			put("Subscription "+sub.ID, half, string(sub.Plan)+", "+string(sub.Status)+", until "+day(sub.PeriodEnd))
		}
		for _, i := range snapshot.Invoices {
			name := i.Number
			if name == "" { // a draft has none yet
				name = i.ID
			}
			put("Invoice "+name, half, amount(int64(i.TotalCents), i.Currency)+", "+string(i.Status)+", open "+amount(int64(i.OpenCents), i.Currency))
		}
		for _, d := range snapshot.Disputes {
			put("Dispute "+d.ID, half, string(d.Status))
		}
	}
	for _, what := range order {
		line := *lines[what]
		line.Same = line.Here == line.There || b.Failed != ""
		s.Lines = append(s.Lines, line)
	}
	return s
}
