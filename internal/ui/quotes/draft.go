package quotes

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
)

// draftForm is the form of a draft as its fields hold it, typed or saved. A field's name is the pointer of what it
// means, so that what the operation finds wrong stands at its field.
type draftForm struct {
	url.Values
	Extras   int // rows of them, the last one to be typed
	Costs    bool
	Problems kit.Problems
}

// mostRecipients is how many recipients the form has room for.
const mostRecipients = 3

// formOf fills the form with what is saved.
func formOf(v *quoting.Version, costs bool) draftForm {
	f := draftForm{Values: url.Values{}, Costs: costs}
	s := v.Settings
	f.Set("settings/recommended", s.Recommended)
	f.setShare("settings/discount", s.DiscountBP, s.DiscountCents)
	f.setShare("settings/deposit", s.DepositBP, s.DepositCents)
	f.Set("settings/validity_days", strconv.Itoa(s.ValidityDays))
	f.Set("settings/deposit_words", s.DepositWords)
	f.Set("settings/tax_mode", string(s.TaxMode))
	f.Set("settings/tax_rate", percent(s.TaxRate*100))
	f.Set("settings/included", strings.Join(s.Included, "\n"))
	f.Set("settings/not_included", strings.Join(s.NotIncluded, "\n"))
	f.Set("settings/terms", s.Terms)
	f.Set("settings/message", s.Message)
	f.Set("settings/sold_at_home", yes(s.SoldAtHome))
	for key, answer := range v.Answers {
		f.Set(answerName(key), answer)
	}
	f.setExtras(v)
	return f
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// answerName is the field of the answer to a check.
func answerName(key string) string {
	return "answers/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func (f *draftForm) setShare(name string, bp int, cents money.Cents) {
	unit, value := "%", ""
	switch {
	case cents != 0:
		unit, value = "$", strings.TrimPrefix(cents.String(), "$")
	case bp != 0:
		value = percent(float64(bp) / 100)
	}
	f.Set(name, value)
	f.Set(name+"_unit", unit)
}

func percent(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(int(v*10_000+0.5))/10_000, 'f', -1, 64)
}

func (f *draftForm) setExtras(v *quoting.Version) {
	tiers := map[id.ID][]string{}
	var order []quoting.Line
	for _, o := range v.Options {
		for _, l := range o.Lines {
			if l.ExtraID == nil {
				continue
			}
			if tiers[*l.ExtraID] == nil {
				order = append(order, l)
			}
			tiers[*l.ExtraID] = append(tiers[*l.ExtraID], o.Tier)
		}
	}
	for i, l := range order {
		at := extraAt(i)
		f.Set(at+"id", l.ExtraID.String())
		f.Set(at+"description", l.Description)
		f.Set(at+"quantity", strconv.FormatFloat(l.Quantity, 'f', -1, 64))
		f.Set(at+"unit", l.Unit)
		f.Set(at+"kind", string(l.Kind))
		f.Set(at+"price", strings.TrimPrefix(l.PriceCents.String(), "$"))
		f.Set(at+"optional", yes(l.Optional))
		f.Set(at+"tier", "")
		if of := tiers[*l.ExtraID]; len(of) == 1 && len(v.Options) > 1 {
			f.Set(at+"tier", of[0])
		}
		if f.Costs {
			f.Set(at+"cost", strings.TrimPrefix(l.CostCents.String(), "$"))
		}
	}
	f.Extras = len(order) + 1
}

func extraAt(i int) string { return fmt.Sprintf("extras/%d/", i) }

// fillRecipients proposes the customer, or who got the version before.
func (f *draftForm) fillRecipients(rec quoting.Record) {
	n := 0
	for _, l := range rec.Links {
		if l.Kind == "mail" && l.N == rec.Quote.CurrentN && n < mostRecipients {
			f.Set(recipientAt(n)+"name", l.RecipientName)
			f.Set(recipientAt(n)+"email", l.RecipientEmail)
			n++
		}
	}
	if n == 0 {
		f.Set(recipientAt(0)+"name", rec.Quote.CustomerName)
		f.Set(recipientAt(0)+"email", rec.CustomerEmail)
	}
}

func recipientAt(i int) string { return fmt.Sprintf("recipients/%d/", i) }

// recipients counts the rows that hold somebody, one at least.
func (f *draftForm) recipients() int {
	n := 1
	for i := range mostRecipients {
		if f.Get(recipientAt(i)+"email") != "" {
			n = i + 1
		}
	}
	return n
}

// formFrom takes what was typed.
func formFrom(typed url.Values, costs bool) draftForm {
	f := draftForm{Values: typed, Costs: costs, Extras: 1}
	for i := 0; i < mostExtras && typed.Has(extraAt(i)+"description"); i++ {
		f.Extras = i + 1
	}
	if last := extraAt(f.Extras - 1); strings.TrimSpace(f.Get(last+"description")) != "" {
		f.Extras++
	}
	return f
}

// mostExtras is past what a quote may have; the operation says how many are too many.
const mostExtras = 60

// input reads the form.
func (f *draftForm) input(version int) (quoting.EditDraftInput, error) {
	var p fault.Problems
	in := quoting.EditDraftInput{Version: version, Answers: map[string]string{}, Extras: []quoting.ExtraInput{}}
	s := &in.Settings
	s.Recommended = f.Get("settings/recommended")
	s.DiscountBP, s.DiscountCents = f.share("settings/discount", "discount", &p)
	s.DepositBP, s.DepositCents = f.share("settings/deposit", "deposit", &p)
	s.ValidityDays = f.whole("settings/validity_days", "Enter for how many days the quote holds, for example 30.", &p)
	s.DepositWords, s.Terms, s.Message = f.prose("settings/deposit_words"), f.prose("settings/terms"), f.prose("settings/message")
	s.TaxMode = pricing.TaxMode(f.Get("settings/tax_mode"))
	s.TaxRate = f.percent("settings/tax_rate", "Enter the tax rate in percent, for example 8.25.", &p) / 100
	s.Included, s.NotIncluded = f.rows("settings/included"), f.rows("settings/not_included")
	s.SoldAtHome = f.Get("settings/sold_at_home") != ""
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for name := range f.Values {
		if token, ok := strings.CutPrefix(name, "answers/"); ok {
			if answer := strings.TrimSpace(f.Get(name)); answer != "" {
				in.Answers[unescape.Replace(token)] = answer
			}
		}
	}
	for i := range f.Extras {
		if e, some := f.extra(i, &p); some {
			in.Extras = append(in.Extras, e)
		}
	}
	return in, p.Err()
}

func (f *draftForm) prose(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(f.Get(name), "\r\n", "\n"))
}

func (f *draftForm) rows(name string) []string {
	kept := []string{}
	for row := range strings.Lines(f.prose(name)) {
		if row = strings.TrimSpace(row); row != "" {
			kept = append(kept, row)
		}
	}
	return kept
}

// share is a percentage or an amount; a sign that was typed decides over the unit that was chosen.
func (f *draftForm) share(name, noun string, p *fault.Problems) (bp int, cents money.Cents) {
	text := strings.TrimSpace(f.Get(name))
	if text == "" {
		return 0, 0
	}
	bare, sign := strings.CutSuffix(text, "%")
	if sign || f.Get(name+"_unit") == "%" && !strings.HasPrefix(text, "$") {
		v, err := strconv.ParseFloat(strings.TrimSpace(bare), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			p.Add("/"+name, "Enter the %s from 0 to 100 %%, or choose $ for an amount.", noun)
			return 0, 0
		}
		return int(v*100 + 0.5), 0
	}
	cents, err := money.Parse(text)
	if err != nil || cents < 0 {
		p.Add("/"+name, "Enter the %s as an amount like 500 or 499.50.", noun)
		return 0, 0
	}
	return 0, cents
}

func (f *draftForm) whole(name, sentence string, p *fault.Problems) int {
	v, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
	if err != nil {
		p.Add("/"+name, "%s", sentence)
		return 1
	}
	return v
}

func (f *draftForm) percent(name, sentence string, p *fault.Problems) float64 {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(f.Get(name)), "%"))
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 100) {
		p.Add("/"+name, "%s", sentence)
		return 0
	}
	return v
}

// extra reads a line that a person wrote; one without description is no line.
func (f *draftForm) extra(i int, p *fault.Problems) (quoting.ExtraInput, bool) {
	at := extraAt(i)
	get := func(name string) string { return strings.TrimSpace(f.Get(at + name)) }
	if get("description")+get("price") == "" {
		return quoting.ExtraInput{}, false
	}
	e := quoting.ExtraInput{Description: get("description"), Unit: get("unit"), Kind: quoting.LineKind(get("kind")), Optional: get("optional") != "", Quantity: 1}
	if e.Description == "" {
		p.Add("/"+at+"description", "Enter what this line is, for example Tree to cut back.")
	}
	if text := get("id"); text != "" {
		if known, err := id.Parse(text); err == nil {
			e.ID = known
		}
	}
	if tier := get("tier"); tier != "" {
		e.Tiers = []string{tier}
	}
	if text := get("quantity"); text != "" {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v > 0) {
			p.Add("/"+at+"quantity", "Enter how many, for example 1.")
		}
		e.Quantity = v
	}
	e.PriceCents = f.amount(at+"price", p)
	if f.Costs && get("cost") != "" {
		cost := f.amount(at+"cost", p)
		e.CostCents = &cost
	}
	return e, true
}

func (f *draftForm) amount(name string, p *fault.Problems) money.Cents {
	cents, err := money.Parse(f.Get(name))
	if err != nil || cents < 0 {
		p.Add("/"+name, "Enter an amount like 240 or 239.50.")
		return 0
	}
	return cents
}

// fieldLabels are what fields are called in sentences, when an operation finds something wrong with them.
var fieldLabels = map[string]string{
	"settings/recommended": "The recommended tier", "settings/discount": "The discount", "settings/deposit": "The deposit",
	"settings/validity_days": "The number of days", "settings/deposit_words": "The words about the deposit", "settings/tax_mode": "The way of tax",
	"settings/tax_rate": "The tax rate", "settings/included": "What is included", "settings/not_included": "What is not included",
	"settings/terms": "The terms", "settings/message": "The message", "extras": "The extras",
}

var pointerFields = strings.NewReplacer("discount_bp", "discount", "discount_cents", "discount", "deposit_bp", "deposit", "deposit_cents", "deposit",
	"price_cents", "price", "cost_cents", "cost")

// problemsOf puts what an operation found at the fields of the form, in whole sentences.
func problemsOf(err error) kit.Problems {
	var all kit.Problems
	for _, field := range kit.ProblemsOf(err) {
		name := pointerFields.Replace(strings.TrimPrefix(field.Pointer, "/"))
		parts := strings.Split(name, "/")
		if last := len(parts) - 1; last > 1 && (parts[1] == "included" || parts[1] == "not_included") {
			name = strings.Join(parts[:2], "/") // a row of a list has no field of its own
		}
		label := fieldLabels[name]
		if label == "" && len(parts) == 3 && parts[0] != "answers" {
			label = "The " + strings.ReplaceAll(parts[2], "_", " ")
		}
		if label != "" && field.Message != "" && field.Message[0] >= 'a' && field.Message[0] <= 'z' {
			field.Message = label + " " + strings.TrimSuffix(field.Message, ".") + "."
		}
		field.Pointer = "/" + name
		all = append(all, field)
	}
	return all
}

// changed tells whether the form says something else than what is saved.
func changed(a, b quoting.EditDraftInput) bool {
	return fmt.Sprintf("%+v", withoutPointers(a)) != fmt.Sprintf("%+v", withoutPointers(b))
}

// withoutPointers makes an input comparable by its text.
func withoutPointers(in quoting.EditDraftInput) any {
	extras := make([]string, len(in.Extras))
	for i, e := range in.Extras {
		cost := money.Cents(0)
		if e.CostCents != nil {
			cost = *e.CostCents
		}
		e.CostCents = nil
		extras[i] = fmt.Sprintf("%+v %d", e, cost)
	}
	keys := make([]string, 0, len(in.Answers))
	for key, answer := range in.Answers {
		keys = append(keys, key+"="+answer)
	}
	slices.Sort(keys)
	return struct {
		Settings        quoting.Settings
		Extras, Answers []string
	}{in.Settings, extras, keys}
}
