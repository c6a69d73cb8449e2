package ledgers

import (
	"net/http"
	"net/url"
	"time"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/payment"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/sheet"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of payments.
type Handlers struct {
	Pages    *shell.Pages
	Jobs     *fieldwork.Service
	Payments *payment.Service
}

// Routes lists the pages.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "GET /payments", Needs: tenancy.PaymentsRead, Serve: h.list},
		{Pattern: "POST /payments/export", Needs: tenancy.DataExport, Serve: h.export},
		{Pattern: "GET /payments/{id}", Needs: tenancy.PaymentsRead, Serve: h.show},
		{Pattern: "POST /payments/{id}/refund", Needs: tenancy.PaymentsRecord, Serve: h.refund},
		{Pattern: "POST /payments/{id}/void", Needs: tenancy.PaymentsRecord, Serve: h.void},
		{Pattern: "GET /jobs/{id}/payments/new", Needs: tenancy.PaymentsRecord, Serve: h.recordForm},
		{Pattern: "POST /jobs/{id}/payments", Needs: tenancy.PaymentsRecord, Serve: h.record},
		{Pattern: "GET /jobs/{id}/payments/request", Needs: tenancy.PaymentsRecord, Serve: h.requestForm},
		{Pattern: "POST /jobs/{id}/payments/request", Needs: tenancy.PaymentsRecord, Serve: h.request},
		{Pattern: "GET /jobs/{id}/payments/underway", Needs: tenancy.PaymentsRecord, Serve: h.underwayForm},
		{Pattern: "POST /jobs/{id}/payments/underway", Needs: tenancy.PaymentsRecord, Serve: h.resolve},
	}
}

const listPath = "/payments"

func path(entry id.ID) string { return listPath + "/" + entry.String() }

// filter is the list's filter as it stands in the address and in the form.
type filter struct {
	payment.Filter
	Problems kit.Problems
}

func filterFrom(v url.Values) filter {
	return filter{Filter: payment.Filter{Method: payment.Method(v.Get("method")), From: v.Get("from"), To: v.Get("to")}}
}

// values are what of the filter is chosen.
func (f filter) values() []kit.Hidden {
	var all []kit.Hidden
	for _, v := range []kit.Hidden{{Name: "method", Value: string(f.Method)}, {Name: "from", Value: f.From}, {Name: "to", Value: f.To}} {
		if v.Value != "" {
			all = append(all, v)
		}
	}
	return all
}

// listView is the list with its filter.
type listView struct {
	Filter filter
	List   kit.List
	Export *kit.Action
}

// nothingYet tells that there is nothing to filter.
func (v listView) nothingYet() bool {
	return len(v.List.Rows) == 0 && len(v.Filter.values()) == 0 && len(v.Filter.Problems) == 0
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request) error {
	c, q := caller.Of(r), r.URL.Query()
	v, p := listView{Filter: filterFrom(q)}, shell.Page{Title: "Payments", Area: shell.AreaPayments, Wide: true}
	f := v.Filter.Filter
	f.After = q.Get("after")
	page, err := h.Payments.ListPayments(r.Context(), c.Actor, f)
	if fault.Is(err, fault.Invalid) {
		if f.After != "" {
			return shell.SeeOther(w, r, listPath) // an old cursor
		}
		v.Filter.Problems, p.Problem, p.Status = kit.ProblemsOf(err), true, http.StatusUnprocessableEntity
		page, err = h.Payments.ListPayments(r.Context(), c.Actor, payment.Filter{})
	}
	if err != nil {
		return err
	}
	v.List = listOf(c, v.Filter, page)
	if c.Actor.May(tenancy.DataExport) {
		v.Export = &kit.Action{Label: "Export CSV", Icon: "download", Href: listPath + "/export", Post: true, Hidden: v.Filter.values()}
	}
	return h.Pages.Show(w, r, p, listPage(v))
}

func listOf(c *caller.Caller, f filter, p payment.Page) kit.List {
	l := kit.List{Name: "Payments", Columns: []kit.Column{
		{Label: "Customer", Priority: 1}, {Label: "What", Priority: 2, Phone: kit.PhoneSecond}, {Label: "Day", Priority: 2, Phone: kit.PhoneSecond},
		{Label: "Quote", Priority: 3}, {Label: "Recorded by", Priority: 4}, {Label: "Amount", Priority: 1, Figure: true, Phone: kit.PhoneRight}},
		Empty: kit.Empty{Heading: "No payments yet", Text: "What customers pay online shows here by itself. Write a check or cash down on the job that it is for.", Actions: []kit.Action{{Label: "Open jobs", Href: "/jobs"}}},
	}
	if len(f.values()) > 0 {
		l.Empty = kit.Empty{Heading: "Nothing was paid like this", Text: "Take a part of the filter away.", Actions: []kit.Action{{Label: "Show all payments", Href: listPath}}}
	}
	today := c.Now.In(c.Actor.Org.Zone())
	for _, e := range p.Lines {
		l.Rows = append(l.Rows, kit.Row{ID: e.ID.String(), Href: path(e.ID), Cells: []kit.Cell{
			{Text: e.CustomerName}, {Text: e.Words()}, {Text: shell.DateName(e.Day, today), Title: e.Day.Format("Mon, Jan 2, 2006")},
			{Text: e.QuoteNumber, Title: e.Place}, {Text: e.RecordedName}, {Text: e.SignedCents().String()},
		}})
	}
	if p.Next != "" {
		more := url.Values{"after": {p.Next}}
		for _, v := range f.values() {
			more.Set(v.Name, v.Value)
		}
		l.More = listPath + "?" + more.Encode()
	}
	return l
}

// export is the filter's lines as a table for accounting.
func (h *Handlers) export(w http.ResponseWriter, r *http.Request) error {
	c := caller.Of(r)
	lines, err := h.Payments.ExportPayments(r.Context(), c.Actor, filterFrom(r.PostForm).Filter)
	if err != nil {
		return err
	}
	zone := c.Actor.Org.Zone()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="payments-`+c.Actor.Org.Slug+"-"+c.Now.In(zone).Format(time.DateOnly)+`.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	out := sheet.NewWriter(w)
	out.Cells("day", "kind", "method", "amount", "currency", "customer", "property", "quote", "reference", "note", "recorded by", "recorded at", "id")
	for _, e := range lines {
		out.Cells(e.Day.Format(time.DateOnly), string(e.Kind), string(e.Method), plain(e.ReceivedChange), "USD", e.CustomerName, e.Place, e.QuoteNumber, e.Reference, e.Note,
			e.RecordedName, e.RecordedAt.In(zone).Format(time.RFC3339), e.ID.String())
	}
	if err := out.Flush(); err != nil {
		panic(http.ErrAbortHandler) // half a table must not look like a whole one: the download breaks off
	}
	return nil
}
