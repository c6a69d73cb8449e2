package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/customers"
	"fenceplatform.com/fence/internal/ui/jobs"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/quotes"
	"fenceplatform.com/fence/internal/ui/sketches"
)

// dated is a line of work with the time that orders it.
type dated struct {
	customers.Work
	at time.Time
}

// work lists sketches, quotes and jobs of a customer, or of one property, newest first. What a person may not read
// is left out.
func (a *App) work(ctx context.Context, actor tenancy.Actor, customer, property id.ID) ([]customers.Work, error) {
	var all []dated
	for _, read := range []func(context.Context, tenancy.Actor, id.ID, id.ID) ([]dated, error){a.workSketches, a.workQuotes, a.workJobs} {
		found, err := read(ctx, actor, customer, property)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(x, y dated) int { return cmp.Compare(y.at.UnixNano(), x.at.UnixNano()) })
	lines := make([]customers.Work, len(all))
	for i, d := range all {
		d.When = d.at.In(actor.Org.Zone()).Format("Jan 2, 2006")
		lines[i] = d.Work
	}
	return lines, nil
}

// workSketches are those of one property: a customer's page shows what came of them.
func (a *App) workSketches(ctx context.Context, actor tenancy.Actor, _, property id.ID) ([]dated, error) {
	if property == id.Nil || !actor.May(tenancy.SketchesRead) {
		return nil, nil
	}
	drawn, err := a.Services.Quoting.ListSketchesOfProperty(ctx, actor, property)
	var all []dated
	for _, s := range drawn {
		all = append(all, dated{at: s.UpdatedAt, Work: customers.Work{Kind: "sketch", Label: "Sketch " + s.Name, Href: sketches.Path(s.ID),
			Figure: strconv.FormatFloat(s.DrawnFt, 'f', 0, 64) + " ft", State: kit.Chip{Word: kit.Count(s.RunCount, "run", "runs"), Tone: kit.Calm, Icon: "pencil-ruler"}}})
	}
	return all, err
}

func (a *App) workQuotes(ctx context.Context, actor tenancy.Actor, customer, property id.ID) ([]dated, error) {
	if !actor.May(tenancy.QuotesRead) {
		return nil, nil
	}
	page, err := a.Services.Quoting.ListQuotes(ctx, actor, quoting.QuoteFilter{CustomerID: customer, PropertyID: property})
	var all []dated
	for _, q := range page.Quotes {
		all = append(all, dated{at: q.UpdatedAt, Work: customers.Work{Kind: "quote", Label: q.Number + " · " + q.Place, Href: quotes.Path(q.ID),
			State: quotes.Chip(q.Status), Figure: q.TotalCents.String()}})
	}
	return all, err
}

func (a *App) workJobs(ctx context.Context, actor tenancy.Actor, customer, property id.ID) ([]dated, error) {
	if !actor.May(tenancy.JobsRead) {
		return nil, nil
	}
	page, err := a.Services.Jobs.ListJobs(ctx, actor, fieldwork.JobFilter{CustomerID: customer, PropertyID: property})
	var all []dated
	for _, j := range page.Jobs {
		line := customers.Work{Kind: "job", Label: j.Number + " · " + j.Place, Href: jobs.Path(j.ID), State: jobs.Chip(j)}
		if actor.May(tenancy.QuotesRead) {
			line.Figure = j.ContractCents.String()
		}
		all = append(all, dated{at: j.SoldAt, Work: line})
	}
	return all, err
}
