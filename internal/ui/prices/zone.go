package prices

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

var zoneQuestions = []question{{"name", "Name"}, {"members", "Where it holds"}, {"factors/material_factor", "Material"},
	{"factors/labor_factor", "Labor"}, {"factors/equipment_factor", "Equipment"}, {"priority", "Priority"}, {"note", "Note"}}

// zoneAnswer is what is said of a ZIP.
type zoneAnswer struct {
	ZIP     string
	Problem string
	Match   *pricing.ZoneMatch
	Rows    []lookRow // the sample yard there
}

func (h *Handlers) zones(w http.ResponseWriter, r *http.Request) error {
	a, m := caller.Of(r).Actor, mayOf(r)
	view := page("Zones")
	view.Wide = true
	zones, err := h.Prices.Zones(r.Context(), a)
	if fault.Is(err, fault.Forbidden) {
		return h.Pages.Show(w, r, view, zonesLockedPage(kit.Heading{Title: "Zones", State: kit.Chip{Word: "Not in your plan", Tone: kit.Calm, Icon: "lock"}},
			tabs(a, zonesPath), fault.As(err).Message))
	}
	if err != nil {
		return err
	}
	answer, err := h.zoneOf(r)
	if err != nil {
		return err
	}
	if answer.Problem != "" {
		view = failed(view)
	}
	head := kit.Heading{Title: "Zones", Primary: m.action(kit.Action{Label: "New zone", Icon: "plus", Href: "/zones/new"})}
	return h.Pages.Show(w, r, view, zonesPage(head, tabs(a, zonesPath), answer, zoneList(zones, m)))
}

// zoneOf answers the ZIP box: the zone, why, and what the sample yard costs a homeowner there.
func (h *Handlers) zoneOf(r *http.Request) (zoneAnswer, error) {
	answer := zoneAnswer{ZIP: strings.TrimSpace(r.URL.Query().Get("zip"))}
	if !r.URL.Query().Has("zip") {
		return answer, nil
	}
	c := caller.Of(r)
	match, err := h.Prices.LookUpZone(r.Context(), c.Actor, answer.ZIP)
	if fault.Is(err, fault.Invalid) {
		answer.Problem = fault.As(err).Fields[0].Message
		return answer, nil
	}
	if err != nil {
		return answer, err
	}
	answer.Match = &match
	b, err := h.Prices.Book(r.Context(), c.Actor)
	if err != nil {
		return answer, err
	}
	there, err := b.Price(pricing.ReferenceYard(), answer.ZIP, c.Now)
	if err != nil {
		return answer, err
	}
	home, err := yard(r, b)
	if err != nil {
		return answer, err
	}
	for i := range there {
		answer.Rows = append(answer.Rows, amountRow(there[i].Tier.Name, home[i].Price.TotalCents, there[i].Price.TotalCents))
	}
	return answer, nil
}

func zoneList(zones []pricing.PricingZone, m may) kit.List {
	l := kit.List{Name: "Zones", Columns: []kit.Column{{Label: "Zone", Priority: 1}, {Label: "Where", Priority: 2, Phone: kit.PhoneSecond},
		{Label: "Material", Priority: 1, Figure: true, Phone: kit.PhoneSecond}, {Label: "Labor", Priority: 1, Figure: true, Phone: kit.PhoneSecond},
		{Label: "Equipment", Priority: 3, Figure: true}},
		Empty: kit.Empty{Heading: "No zones", Text: "Every job is priced the same wherever it is."}}
	for _, z := range zones {
		row := kit.Row{ID: z.ID.String(), Cells: []kit.Cell{{Text: z.Name}, {Text: where(z.Members)},
			{View: phoneLabelled("material", factor(z.Factors.MaterialFactor))}, {View: phoneLabelled("labor", factor(z.Factors.LaborFactor))}, {Text: factor(z.Factors.EquipmentFactor)}}}
		switch {
		case z.Sample:
			row.Cells[0].Chip = kit.Chip{Word: "Sample", Tone: kit.Calm}
		case !z.Shared:
			row.Cells[0].Chip = kit.Chip{Word: "Yours", Tone: kit.Info, Icon: "map-pin"}
		}
		if m.write && !z.Shared {
			row.Href = under(zonesPath, z.ID)
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

const shownMembers = 4

// where lists the places of a zone, the first few of many.
func where(members []pricing.ZoneMember) string {
	words := make([]string, 0, shownMembers+1)
	for i, m := range members {
		if i == shownMembers && len(members) > shownMembers+1 {
			words = append(words, strconv.Itoa(len(members)-i)+" more")
			break
		}
		words = append(words, placeWords(m))
	}
	return strings.Join(words, ", ")
}

func placeWords(m pricing.ZoneMember) string {
	switch m.Kind {
	case pricing.ByRange:
		return m.Low + " to " + m.High
	case pricing.ByZIP3:
		return m.Low + "…"
	case pricing.ByDefault:
		return "everywhere else"
	}
	return m.Low
}

// factor writes at least two decimals.
func factor(v float64) string {
	text := decimal(v)
	if short := strconv.FormatFloat(v, 'f', 2, 64); len(short) >= len(text) {
		return short
	}
	return text
}

func zoneForm(m may) form {
	return form{may: m, action: zonesPath, cancel: zonesPath, submit: "Make zone", questions: zoneQuestions,
		values: url.Values{"factors/material_factor": {"1.00"}, "factors/labor_factor": {"1.00"}, "factors/equipment_factor": {"1.00"}, "priority": {"0"}}}
}

func (h *Handlers) newZone(w http.ResponseWriter, r *http.Request) error {
	return h.Pages.Show(w, r, below("New zone", "Zones", zonesPath), newZonePage(zoneForm(mayOf(r))))
}

func zoneValues(z pricing.PricingZone) url.Values {
	members := make([]string, len(z.Members))
	for i, m := range z.Members {
		members[i] = m.String()
	}
	return url.Values{"name": {z.Name}, "members": {strings.Join(members, " ")}, "priority": {strconv.Itoa(z.Priority)}, "note": {z.Note},
		"factors/material_factor": {factor(z.Factors.MaterialFactor)}, "factors/labor_factor": {factor(z.Factors.LaborFactor)},
		"factors/equipment_factor": {factor(z.Factors.EquipmentFactor)}}
}

func readZone(typed url.Values) (pricing.ZoneInput, error) {
	r := read(typed)
	in := pricing.ZoneInput{Name: r.text("name", "Enter what you call the zone, like Hill country."), Note: typed.Get("note")}
	members, err := pricing.ParseMembers(typed.Get("members"))
	in.Members = members
	if err != nil {
		r.note("members", fault.As(err).Fields[0].Message)
	}
	in.Factors.MaterialFactor = r.number("factors/material_factor", "Enter the factor on material, like 1.02, or 1.")
	in.Factors.LaborFactor = r.number("factors/labor_factor", "Enter the factor on labor, like 1.10, or 1.")
	in.Factors.EquipmentFactor = r.number("factors/equipment_factor", "Enter the factor on equipment, like 1.05, or 1.")
	in.Priority = r.whole("priority", "Enter a whole number, 0 for none.")
	check := in
	return in, r.err(check.Validate())
}

func (h *Handlers) createZone(w http.ResponseWriter, r *http.Request) error {
	in, err := readZone(r.PostForm)
	if err == nil {
		_, err = h.Prices.CreateZone(r.Context(), caller.Of(r).Actor, in)
	}
	return h.settle(w, r, err, asked{
		questions: zoneQuestions, saved: in.Name + " holds from now on.", next: zonesPath,
		again: func(p kit.Problems) error {
			f := zoneForm(mayOf(r))
			f.values, f.problems = r.PostForm, p
			return h.Pages.Show(w, r, failed(below("New zone", "Zones", zonesPath)), newZonePage(f))
		},
	})
}

// findZone reads a zone of the company's own: shared ones have no form.
func (h *Handlers) findZone(r *http.Request) (pricing.PricingZone, error) {
	zone, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return pricing.PricingZone{}, err
	}
	z, err := h.Prices.Zone(r.Context(), caller.Of(r).Actor, zone)
	if err == nil && z.Shared {
		return pricing.PricingZone{}, fault.Missing()
	}
	return z, err
}

func (h *Handlers) zone(w http.ResponseWriter, r *http.Request) error {
	z, err := h.findZone(r)
	if err != nil {
		return err
	}
	return h.showZone(w, r, z, form{version: z.Version, values: zoneValues(z)}, below(z.Name, "Zones", zonesPath))
}

func (h *Handlers) showZone(w http.ResponseWriter, r *http.Request, z pricing.PricingZone, f form, p shell.Page) error {
	f.may, f.action, f.cancel, f.submit, f.questions = mayOf(r), under(zonesPath, z.ID), zonesPath, "Save zone", zoneQuestions
	entries, err := h.entries(r, "pricing_zone", z.ID)
	if err != nil {
		return err
	}
	return h.Pages.Show(w, r, p, zonePage(z, f, history(r, entries, zoneDeeds, zoneQuestions, asIs)))
}

func (h *Handlers) editZone(w http.ResponseWriter, r *http.Request) error {
	z, err := h.findZone(r)
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	in, err := readZone(r.PostForm)
	if err == nil {
		_, err = h.Prices.EditZone(r.Context(), caller.Of(r).Actor, pricing.EditZoneInput{ID: z.ID, Version: version, ZoneInput: in})
	}
	return h.settle(w, r, err, asked{
		questions: zoneQuestions, saved: in.Name + " is saved. Quotes keep the factors they were priced with.", next: zonesPath,
		again: func(p kit.Problems) error {
			return h.showZone(w, r, z, form{version: version, values: r.PostForm, problems: p}, failed(below(z.Name, "Zones", zonesPath)))
		},
		conflict: func() error {
			entries, err := h.entries(r, "pricing_zone", z.ID)
			if err != nil {
				return err
			}
			at := under(zonesPath, z.ID)
			return h.sideBySide(w, r, both{noun: "zone", parent: kit.Link{Label: z.Name, Href: at}, action: at, keep: at,
				questions: zoneQuestions, mine: r.PostForm, hers: zoneValues(z), began: began(entries, r, zoneValues), version: z.Version, entries: entries})
		},
	})
}

func (h *Handlers) askToDeleteZone(w http.ResponseWriter, r *http.Request) error {
	z, err := h.findZone(r)
	if err != nil {
		return err
	}
	confirm := kit.Action{Label: "Delete zone", Icon: "trash-2", Href: under(zonesPath, z.ID) + "/delete", Post: true, Version: int64(z.Version),
		Danger: true, Refused: mayOf(r).refused}
	return h.Pages.Show(w, r, below("Delete "+z.Name, z.Name, under(zonesPath, z.ID)), deleteZonePage(z, confirm))
}

func (h *Handlers) deleteZone(w http.ResponseWriter, r *http.Request) error {
	zone, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	z, err := h.Prices.DeleteZone(r.Context(), caller.Of(r).Actor, pricing.DeleteZoneInput{ID: zone, Version: version})
	if err != nil {
		return err
	}
	shell.Notify(w, z.Name+" is deleted. Quotes keep the factors they were priced with.", nil)
	return shell.SeeOther(w, r, zonesPath)
}
