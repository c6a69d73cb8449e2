package pricing

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// wantProblem fails unless err is an Invalid fault whose first field is at pointer.
func wantProblem(t *testing.T, what string, err error, pointer string) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%s: %v, want a fault of kind Invalid at %s", what, err, pointer)
		return
	}
	if got := fault.As(err).Fields[0].Pointer; got != pointer {
		t.Errorf("%s: the problem names %q, want %q (%v)", what, got, pointer, err)
	}
}

func answer(data []byte) (Price, error) {
	in, err := ParseInput(data)
	if err != nil {
		return Price{}, err
	}
	return Calculate(in)
}

// goldWith is the reference document with one text replaced.
func goldWith(t testing.TB, old, new string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/gold-d.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("the reference document has no %s", old)
	}
	return []byte(strings.Replace(string(data), old, new, 1))
}

func TestBadPriceDocumentsNameTheMember(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, pointer string }{
		"item without a price":       {`"picket": {"cost_cents": 285},`, ``, "/prices/items/picket"},
		"price without cost":         {`"picket": {"cost_cents": 285}`, `"picket": {}`, "/prices/items/picket/cost_cents"},
		"cost below zero":            {`"picket": {"cost_cents": 285}`, `"picket": {"cost_cents": -1}`, "/prices/items/picket/cost_cents"},
		"cost with a fraction":       {`"picket": {"cost_cents": 285}`, `"picket": {"cost_cents": 2.85}`, "/prices/items/picket/cost_cents"},
		"cost of 1e308":              {`"picket": {"cost_cents": 285}`, `"picket": {"cost_cents": 1e308}`, "/prices/items/picket/cost_cents"},
		"cost of a treasure":         {`"picket": {"cost_cents": 285}`, `"picket": {"cost_cents": 100000001}`, "/prices/items/picket/cost_cents"},
		"empty pack":                 {`"pack": 500`, `"pack": 0`, "/prices/items/screw/pack"},
		"pack below zero":            {`"pack": 500`, `"pack": -5`, "/prices/items/screw/pack"},
		"pack of 1e308":              {`"pack": 500`, `"pack": 1e308`, "/prices/items/screw/pack"},
		"price of an item twice":     {`"picket": {"cost_cents": 285},`, `"picket": {"cost_cents": 285}, "picket": {"cost_cents": 1},`, "/prices/items/picket"},
		"style's price below zero":   {`"removal_cents_per_ft": 350`, `"styles": {"a/b": {"rail": {"cost_cents": -1}}}`, "/prices/styles/a~1b/rail/cost_cents"},
		"rate below zero":            {`"rate_cents_per_hour": 4200`, `"rate_cents_per_hour": -1`, "/prices/labor/rate_cents_per_hour"},
		"hours per post below zero":  {`"per_post_hours": 0.75`, `"per_post_hours": -1`, "/prices/labor/per_post_hours"},
		"hours per foot of 1e308":    {`"per_ft_hours": 0.12`, `"per_ft_hours": 1e308`, "/prices/labor/per_ft_hours"},
		"hours per gate of NaN":      {`"per_gate_hours": 2`, `"per_gate_hours": NaN`, "/prices/labor/per_gate_hours"},
		"removal below zero":         {`"removal_cents_per_ft": 350`, `"removal_cents_per_ft": -350`, "/prices/removal_cents_per_ft"},
		"equipment below zero":       {`"removal_cents_per_ft": 350`, `"equipment_cents": -1`, "/prices/equipment_cents"},
		"unknown price":              {`"removal_cents_per_ft": 350`, `"removal": 350`, "/prices/removal"},
		"material factor of zero":    {`"material_factor": 1.02`, `"material_factor": 0`, "/zone/material_factor"},
		"labor factor below zero":    {`"labor_factor": 1.10`, `"labor_factor": -1`, "/zone/labor_factor"},
		"equipment factor of 1e308":  {`"equipment_factor": 1.0`, `"equipment_factor": 1e308`, "/zone/equipment_factor"},
		"miles below zero":           {`"miles": 38`, `"miles": -1`, "/travel/miles"},
		"free miles of 1e308":        {`"free_miles": 25`, `"free_miles": 1e308`, "/travel/free_miles"},
		"steps of no miles":          {`"step_miles": 5`, `"step_miles": 0`, "/travel/step_miles"},
		"step's price below zero":    {`"step_cents": 350`, `"step_cents": -1`, "/travel/step_cents"},
		"overhead below zero":        {`"overhead_pct": 12`, `"overhead_pct": -1`, "/overhead_pct"},
		"no method":                  {`"method": {"kind": "margin", "pct": 35},`, ``, "/method/kind"},
		"method of another kind":     {`"kind": "margin"`, `"kind": "guess"`, "/method/kind"},
		"margin without a share":     {`"kind": "margin", "pct": 35`, `"kind": "margin"`, "/method/pct"},
		"margin of everything":       {`"pct": 35`, `"pct": 100`, "/method/pct"},
		"margin below zero":          {`"pct": 35`, `"pct": -35`, "/method/pct"},
		"margin with cents":          {`"pct": 35`, `"pct": 35, "cents": 9`, "/method/cents"},
		"markup without a share":     {`"kind": "margin", "pct": 35`, `"kind": "markup"`, "/method/pct"},
		"by the foot without a rate": {`"kind": "margin", "pct": 35`, `"kind": "per_foot"`, "/method/cents_per_ft"},
		"by the foot with a share":   {`"kind": "margin", "pct": 35`, `"kind": "per_foot", "cents_per_ft": 1, "pct": 35`, "/method/pct"},
		"as agreed without amount":   {`"kind": "margin", "pct": 35`, `"kind": "fixed"`, "/method/cents"},
		"as agreed by the foot":      {`"kind": "margin", "pct": 35`, `"kind": "fixed", "cents": 1, "cents_per_ft": 4`, "/method/cents_per_ft"},
		"as agreed beyond bounds":    {`"kind": "margin", "pct": 35`, `"kind": "fixed", "cents": 1000000000001`, "/method/cents"},
		"adjustment to nothing":      {`"discount_pct": 0`, `"adjustment_pct": -100`, "/adjustment_pct"},
		"base charge below zero":     {`"discount_pct": 0`, `"base_charge_cents": -1`, "/base_charge_cents"},
		"base charge and price":      {`"discount_pct": 0`, `"base_charge_cents": 1000000000000`, "/method"},
		"discount of more than all":  {`"discount_pct": 0`, `"discount_pct": 101`, "/discount_pct"},
		"discount below zero":        {`"discount_pct": 0`, `"discount_pct": -1`, "/discount_pct"},
		"tax of another mode":        {`"mode": "none"`, `"mode": "some"`, "/tax/mode"},
		"tax of 825 percent":         {`"rate": 0`, `"rate": 8.25`, "/tax/rate"},
		"unknown member":             {`"discount_pct": 0`, `"rebate_pct": 0`, "/rebate_pct"},
		"member twice":               {`"discount_pct": 0`, `"overhead_pct": 0`, "/overhead_pct"},
		"null":                       {`"zone": {"material_factor": 1.02, "labor_factor": 1.10, "equipment_factor": 1.0}`, `"zone": null`, "/zone"},
		"gate past its segment":      {`"offset_ft": 8`, `"offset_ft": 38`, "/layout/gates/0/offset_ft"},
		"bad style":                  {`"rails": 3`, `"rails": 0`, "/layout/style/rails"},
		"no layout":                  {`"layout"`, `"lay_out"`, "/lay_out"},
	} {
		_, err := answer(goldWith(t, test.old, test.new))
		wantProblem(t, name, err, test.pointer)
	}
	_, err := answer([]byte(`{}`))
	wantProblem(t, "empty object", err, "/layout/nodes")
}

func TestEveryMissingPriceIsNamedByItsKey(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.Prices.Items = nil
	_, err := Calculate(in)
	got := fault.As(err).Fields
	if len(got) != 10 {
		t.Fatalf("%d problems, want one for each of 10 items: %v", len(got), err)
	}
	for _, f := range got {
		key := strings.TrimPrefix(f.Pointer, "/prices/items/")
		if !strings.Contains(f.Message, "prices.items."+key) {
			t.Errorf("problem %+v does not name prices.items.%s", f, key)
		}
	}
}

func TestMembersMayBeLeftOut(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	layout, err := json.Marshal(in.Layout)
	if err != nil {
		t.Fatal(err)
	}
	items, err := json.Marshal(in.Prices.Items)
	if err != nil {
		t.Fatal(err)
	}
	p, err := answer(fmt.Appendf(nil, `{"layout":%s,"prices":{"items":%s},"method":{"kind":"markup","pct":0}}`, layout, items))
	if err != nil {
		t.Fatal(err)
	}
	if p.MaterialCents != 203785 || p.TotalCents != 203785 {
		t.Errorf("material %v, total %v; want $2,037.85, no more", p.MaterialCents, p.TotalCents)
	}
}

func TestInputsAreReadBackAsWritten(t *testing.T) {
	t.Parallel()
	in := goldD(t)
	in.Method = Method{Kind: MethodFixed}
	in.BaseChargeCents, in.AdjustmentPct = 29900, 5
	data, err := json.Marshal(in, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseInput(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back, json.Deterministic(true))
	if err != nil || string(data) != string(again) {
		t.Errorf("read back and written again %s, want %s (%v)", again, data, err)
	}
}

func TestTermsDoNotTrustTheirCaller(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil   func(*Terms)
		pointer string
	}{
		"a zone of zeros":   {func(x *Terms) { x.Zone = Zone{} }, "/zone/material_factor"},
		"a pack of zero":    {func(x *Terms) { x.Prices.Items = map[string]ItemPrice{"a": {CostCents: 1}} }, "/prices/items/a/pack"},
		"a share of NaN":    {func(x *Terms) { x.Method.Pct = math.NaN() }, "/method/pct"},
		"a rate of NaN":     {func(x *Terms) { x.Tax.Rate = math.NaN() }, "/tax/rate"},
		"infinite overhead": {func(x *Terms) { x.OverheadPct = math.Inf(1) }, "/overhead_pct"},
		"no tax mode":       {func(x *Terms) { x.Tax = Tax{} }, "/tax/mode"},
		"a cost past money": {func(x *Terms) {
			x.Prices.Items = map[string]ItemPrice{"picket": {CostCents: maxUnitCents, Pack: 1}}
			x.Zone.MaterialFactor = maxFactor
		}, "/prices/items/picket/cost_cents"},
		"labor past money": {func(x *Terms) { x.Prices.Labor = Labor{maxUnitCents, maxHours, maxHours, maxHours} }, "/prices/labor/rate_cents_per_hour"},
		"tax past money": {func(x *Terms) {
			x.Method = Method{Kind: MethodFixed, Cents: money.Max / 10 * 9}
			x.Tax = Tax{TaxFull, 1}
		}, "/tax/rate"},
	} {
		in := goldD(t)
		test.spoil(&in.Terms)
		to := takeoff.TakeOff{DrawnLengthFt: 1, NetLengthFt: 1e6, Posts: takeoff.PostCount{Total: 1e5},
			Items: []takeoff.Item{{Key: "picket", OrderQuantity: 1e6}}}
		_, err := FromTakeOff(to, in.Terms)
		wantProblem(t, name, err, test.pointer)
	}
}

func FuzzParseInput(f *testing.F) {
	f.Add(goldWith(f, "x", "x"))
	f.Add(goldWith(f, `"kind": "margin", "pct": 35`, `"kind": "per_foot", "cents_per_ft": 4800`))
	f.Add(goldWith(f, `"discount_pct": 0`, `"discount_pct": 7.5, "adjustment_pct": 10, "base_charge_cents": 29900`))
	f.Add(goldWith(f, `"mode": "none", "rate": 0`, `"mode": "separated", "rate": 0.0825`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := answer(data)
		if err != nil {
			if e := fault.As(err); e.Kind != fault.Invalid || len(e.Fields) == 0 {
				t.Fatalf("%v, want a fault of kind Invalid with a field", err)
			}
			return
		}
		linesAddUp(t, p)
		if _, err := json.Marshal(p); err != nil {
			t.Errorf("the price cannot be written: %v", err)
		}
	})
}
