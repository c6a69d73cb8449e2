package settings

import (
	"net/http"
	"net/url"
	"strings"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const whyPath = tenancy.UsagePath + "/why"

// whyOf is the address that explains one metric.
func whyOf(m plan.Metric) string { return whyPath + "?metric=" + url.QueryEscape(string(m)) }

// whyPage is where a limit comes from and what was counted against it.
type whyPage struct {
	Title    string
	Metric   plan.Metric // empty: all of them
	State    string
	Meters   []kit.Meter
	Sources  []whySource
	Features []whySource
	Counted  []whyCounted
	More     string // address of the next page
}

func (p whyPage) sourcesTitle() string {
	if len(p.Meters) == 1 {
		return "Where the limit comes from"
	}
	return "Where limits come from"
}

// counts says what is counted, where there is no list of it.
func (p whyPage) counts() string {
	switch p.Metric {
	case plan.Users:
		return "Everybody who works here now, whatever their role. Whoever is deactivated does not count."
	case plan.Storage:
		return "All files that were uploaded, each once however often it was sent."
	case plan.APICalls:
		return "Each call by an API key or a program's log-in. Calls are not kept one by one."
	case "":
		return "Nothing was counted this month. People, storage and API calls are not counted one by one."
	}
	return "Nothing was counted this month."
}

// whySource is one contribution.
type whySource struct {
	What    string
	Value   string // a limit; empty of a feature
	Because string
}

// whyCounted is one thing that was counted.
type whyCounted struct{ When, What, Href, Many, Note string }

func (h *Handlers) why(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	a, q := c.Actor, r.URL.Query()
	x, err := usage.Explain(r.Context(), h.DB, a, usage.ExplainFilter{Metric: plan.Metric(q.Get("metric")), After: q.Get("after")}, c.Now)
	if err != nil {
		return err
	}
	view := whyPage{Title: "Why?", Metric: plan.Metric(q.Get("metric")), State: planSentence(a, x.Entitlements)}
	if len(x.Standings) == 1 {
		view.Title = "Why? " + metricName(x.Standings[0].Metric)
	}
	for _, s := range x.Standings {
		m := meter(a, s)
		m.Why = ""
		view.Meters = append(view.Meters, m)
	}
	for _, contribution := range x.Contributions {
		s := newWhySource(a, contribution)
		if contribution.Feature != "" {
			view.Features = append(view.Features, s)
		} else {
			view.Sources = append(view.Sources, s)
		}
	}
	for _, e := range x.Events {
		view.Counted = append(view.Counted, newWhyCounted(a, e))
	}
	if x.Next != "" {
		q.Set("after", x.Next)
		view.More = whyPath + "?" + q.Encode()
	}
	p := page(view.Title)
	p.Back = &kit.Link{Label: "Usage", Href: tenancy.UsagePath}
	return h.Pages.Show(w, r, p, whyView(view))
}

func newWhySource(a tenancy.Actor, c plan.Contribution) whySource {
	s := whySource{What: featureName(c.Feature)}
	if c.Metric != "" {
		s.What, s.Value = metricName(c.Metric), amount(c.Metric, c.Value)
	}
	from, until := c.Name, "until the plan changes"
	switch c.Source {
	case plan.FromTrial:
		from = "Trial of " + c.Name
	case plan.FromComp:
		from = c.Name + ", free of charge"
	case plan.FromAddOn:
		s.Value = "+ " + s.Value
	case plan.FromOverride:
		from, until = "Granted by Fence Platform", "until further notice"
	}
	if !c.Until.IsZero() {
		until = "until " + c.Until.In(a.Org.Zone()).Format("Jan 2, 2006")
	}
	s.Because = from + ", " + until
	if c.Reason != "" {
		s.Because += ": " + c.Reason
	}
	return s
}

// amount is a limit by itself.
func amount(m plan.Metric, n int64) string {
	switch {
	case n == plan.Unlimited:
		return "no limit"
	case m == plan.Storage:
		return usage.Bytes(n)
	}
	return kit.Figure(n)
}

// featureName is a feature as a row names it.
func featureName(f plan.Feature) string {
	if f == "" {
		return ""
	}
	name := f.Name()
	if f.Coming() {
		name += " (coming)"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func newWhyCounted(a tenancy.Actor, e usage.Event) whyCounted {
	c := whyCounted{When: e.At.In(a.Org.Zone()).Format("Jan 2, 3:04 PM"), Many: kit.Figure(e.Quantity), Note: e.Reason}
	switch e.RecordType {
	case "quote":
		c.What, c.Href = "Quote", "/quotes/"+e.RecordID.String()
	case "job":
		c.What, c.Href = "Job", "/jobs/"+e.RecordID.String()
	default:
		c.What = metricName(e.Metric)
	}
	switch e.Kind {
	case "void":
		c.Note = "Given back: discarded within 15 minutes"
	case "carried":
		c.Note = "Carried over from the period before"
	case "correction":
		c.Note = "Corrected: " + e.Reason
	}
	return c
}

func (h *Handlers) usageRoutes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET " + tenancy.UsagePath, Needs: tenancy.UsageRead, Serve: h.usage},
		{Pattern: "GET " + whyPath, Needs: tenancy.UsageRead, Serve: h.why},
	}
}
