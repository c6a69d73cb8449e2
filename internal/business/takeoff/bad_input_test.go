package takeoff

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/platform/fault"
)

// answer parses and calculates, as every surface does.
func answer(data []byte) (TakeOff, error) {
	l, err := Parse(data)
	if err != nil {
		return TakeOff{}, err
	}
	return Calculate(l)
}

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

const (
	goodNodes    = `"nodes":[{"id":"a","x":0,"y":0},{"id":"b","x":40,"y":0}]`
	goodSegments = `"segments":[{"id":"s","from":"a","to":"b"}]`
	goodStyle    = `"style":{"kind":"wood"}`
)

func TestBadLayoutsNameTheMember(t *testing.T) {
	t.Parallel()
	gates := func(g string) string {
		return `{` + goodNodes + `,` + goodSegments + `,` + goodStyle + `,"gates":[` + g + `]}`
	}
	nodes := func(n string) string { return `{"nodes":[` + n + `],` + goodSegments + `,` + goodStyle + `}` }
	segments := func(s string) string { return `{` + goodNodes + `,"segments":[` + s + `],` + goodStyle + `}` }
	for name, test := range map[string]struct{ doc, pointer string }{
		"nothing":                      {``, ""},
		"not an object":                {`[]`, ""},
		"empty object":                 {`{}`, "/nodes"},
		"unknown member":               {`{"marks":[],` + goodNodes + `,` + goodSegments + `,` + goodStyle + `}`, "/marks"},
		"other case":                   {`{"Nodes":[]}`, "/Nodes"},
		"member twice":                 {`{` + goodNodes + `,` + goodNodes + `}`, "/nodes"},
		"no segments":                  {`{` + goodNodes + `,"segments":[],` + goodStyle + `}`, "/segments"},
		"no style":                     {`{` + goodNodes + `,` + goodSegments + `}`, "/style/kind"},
		"one node":                     {nodes(`{"id":"a","x":0,"y":0}`), "/nodes"},
		"node without id":              {nodes(`{"x":0,"y":0},{"id":"b","x":40,"y":0}`), "/nodes/0/id"},
		"node without x":               {nodes(`{"id":"a","y":0},{"id":"b","x":40,"y":0}`), "/nodes/0/x"},
		"node without y":               {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":40}`), "/nodes/1/y"},
		"node at NaN":                  {nodes(`{"id":"a","x":NaN,"y":0},{"id":"b","x":40,"y":0}`), "/nodes/0/x"},
		"node at 1e308":                {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":1e308,"y":0}`), "/nodes/1/x"},
		"node at -1e308":               {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":4,"y":-1e308}`), "/nodes/1/y"},
		"node at 1e309":                {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":1e309,"y":0}`), "/nodes/1/x"},
		"node on the moon":             {nodes(`{"id":"a","x":0,"y":0,"z":1e9},{"id":"b","x":40,"y":0}`), "/nodes/0/z"},
		"node in words":                {nodes(`{"id":"a","x":"0","y":0},{"id":"b","x":40,"y":0}`), "/nodes/0/x"},
		"node attached to a tree":      {nodes(`{"id":"a","x":0,"y":0,"attach":"tree"},{"id":"b","x":40,"y":0}`), "/nodes/0/attach"},
		"node id twice":                {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":40,"y":0},{"id":"a","x":9,"y":9}`), "/nodes/2/id"},
		"node id too long":             {nodes(`{"id":"` + strings.Repeat("a", 65) + `","x":0,"y":0},{"id":"b","x":40,"y":0}`), "/nodes/0/id"},
		"length of zero":               {nodes(`{"id":"a","x":5,"y":5},{"id":"b","x":5,"y":5}`), "/segments/0/to"},
		"length of two inches":         {nodes(`{"id":"a","x":0,"y":0},{"id":"b","x":0.16,"y":0}`), "/segments/0/to"},
		"segment to itself":            {segments(`{"id":"s","from":"a","to":"a"}`), "/segments/0/to"},
		"segment from nowhere":         {segments(`{"id":"s","from":"z","to":"b"}`), "/segments/0/from"},
		"segment to nowhere":           {segments(`{"id":"s","from":"a","to":"z"}`), "/segments/0/to"},
		"segment without ends":         {segments(`{"id":"s"}`), "/segments/0/from"},
		"segment without id":           {segments(`{"from":"a","to":"b"}`), "/segments/0/id"},
		"segment drawn twice":          {segments(`{"id":"s","from":"a","to":"b"},{"id":"t","from":"b","to":"a"}`), "/segments/1"},
		"segment of no style":          {segments(`{"id":"s","from":"a","to":"b","style":"x"}`), "/segments/0/style"},
		"removal below zero":           {segments(`{"id":"s","from":"a","to":"b","removal_ft":-1}`), "/segments/0/removal_ft"},
		"removal of 1e308":             {segments(`{"id":"s","from":"a","to":"b","removal_ft":1e308}`), "/segments/0/removal_ft"},
		"segment id twice":             {`{"nodes":[{"id":"a","x":0,"y":0},{"id":"b","x":40,"y":0},{"id":"c","x":40,"y":9}],"segments":[{"id":"s","from":"a","to":"b"},{"id":"s","from":"b","to":"c"}],` + goodStyle + `}`, "/segments/1/id"},
		"longer than any county":       {nodes(`{"id":"a","x":-900000,"y":0},{"id":"b","x":900000,"y":0}`), "/segments"},
		"posts without end":            {`{"nodes":[{"id":"a","x":0,"y":0},{"id":"b","x":900000,"y":0}],` + goodSegments + `,"style":{"kind":"wood","post_spacing_ft":1}}`, "/segments"},
		"gate past the end":            {gates(`{"id":"g","segment":"s","offset_ft":38,"opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gate far past the end":        {gates(`{"id":"g","segment":"s","offset_ft":4000,"opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gate before the start":        {gates(`{"id":"g","segment":"s","offset_ft":-1,"opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gate at 1e308":                {gates(`{"id":"g","segment":"s","offset_ft":1e308,"opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gate without a place":         {gates(`{"id":"g","segment":"s","opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gate without an opening":      {gates(`{"id":"g","segment":"s","offset_ft":8,"kind":"walk"}`), "/gates/0/opening_in"},
		"gate of no width":             {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":0,"kind":"walk"}`), "/gates/0/opening_in"},
		"gate of 1e308":                {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":1e308,"kind":"walk"}`), "/gates/0/opening_in"},
		"gate without a kind":          {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48}`), "/gates/0/kind"},
		"gate of another kind":         {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"stargate"}`), "/gates/0/kind"},
		"gate hinged on top":           {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk","hinge":"top"}`), "/gates/0/hinge"},
		"gate that swings up":          {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk","swing":"up"}`), "/gates/0/swing"},
		"gate that closes itself: yes": {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk","self_closing":"yes"}`), "/gates/0/self_closing"},
		"gate with a lock: 1":          {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk","lock":1}`), "/gates/0/lock"},
		"gate in no segment":           {gates(`{"id":"g","segment":"z","offset_ft":8,"opening_in":48,"kind":"walk"}`), "/gates/0/segment"},
		"gate without id":              {gates(`{"segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"}`), "/gates/0/id"},
		"gates overlap":                {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"},{"id":"h","segment":"s","offset_ft":11,"opening_in":48,"kind":"walk"}`), "/gates/1/offset_ft"},
		"gates overlap, listed late":   {gates(`{"id":"g","segment":"s","offset_ft":11,"opening_in":48,"kind":"walk"},{"id":"h","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"}`), "/gates/0/offset_ft"},
		"gates at one place":           {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"},{"id":"h","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"}`), "/gates/1/offset_ft"},
		"gate id twice":                {gates(`{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"walk"},{"id":"g","segment":"s","offset_ft":20,"opening_in":48,"kind":"walk"}`), "/gates/1/id"},
		"style without a name":         {`{` + goodNodes + `,` + goodSegments + `,` + goodStyle + `,"styles":{"":{"kind":"wood"}}}`, "/styles"},
		"named style that is bad":      {`{` + goodNodes + `,` + goodSegments + `,` + goodStyle + `,"styles":{"a/b":{"kind":"wood","rails":0}}}`, "/styles/a~1b/rails"},
		"20,001 nodes":                 {`{"nodes":[` + strings.Repeat(`{"id":"a","x":0,"y":0},`, 20_001) + `]}`, "/nodes"},
		"20,001 segments":              {`{` + goodNodes + `,"segments":[` + strings.Repeat(`{"id":"s","from":"a","to":"b"},`, 20_000) + `{}],` + goodStyle + `}`, "/segments"},
		"101 styles":                   {`{` + goodNodes + `,` + goodSegments + `,` + goodStyle + `,"styles":{` + manyStyles(101) + `}}`, "/styles"},
	} {
		_, err := answer([]byte(test.doc))
		wantProblem(t, name, err, test.pointer)
	}
}

func manyStyles(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"s%d":{"kind":"wood"}`, i)
	}
	return b.String()[1:]
}

func TestBadStylesNameTheMember(t *testing.T) {
	t.Parallel()
	for kind, members := range map[string]map[string][]string{
		"wood": {
			"height_ft": {"0", "-6", "1e308", `"6"`, "null"}, "post_spacing_ft": {"0", "-8", "1e308"}, "rails": {"0", "-1", "2.5", "1000000"},
			"pattern": {`"zigzag"`, `""`, "1"}, "picket_width_in": {"0", "-5.5", "1e308"}, "picket_gap_in": {"-5.5", "-6", "-1e308", "1e308"},
			"picket_overlap_in": {"-1", "5.5", "5.4", "1e308"}, "picket_waste_pct": {"-1", "101", "1e308"}, "rail_waste_pct": {"-1", "1e308"},
			"rounding": {`"never"`}, "rail_stock_ft": {"0", "1e308"}, "post_size_in": {"0", "-1", "1e308"}, "gate_post_size_in": {"0", "1e308"},
			"hole": {"[]"}, "gate_hole": {"1"}, "concrete": {`"much"`}, "panel_ft": {"6"}, "rack_limit_in": {"10"}, "max_spacing_ft": {"10"},
			"line_hole": {"{}"}, "kind_of": {`"wood"`},
		},
		"panel": {
			"height_ft": {"0", "1e308"}, "panel_ft": {"0", "-6", "1e308"}, "rack_limit_in": {"-1", "1e308"}, "rails": {"3"}, "pattern": {`"shadowbox"`},
			"post_spacing_ft": {"8"}, "picket_width_in": {"5.5"}, "picket_gap_in": {"0"}, "picket_overlap_in": {"1"}, "picket_waste_pct": {"1"},
			"rail_waste_pct": {"5"}, "rounding": {`"run"`}, "rail_stock_ft": {"8"},
		},
		"chain_link": {
			"height_ft": {"0", "1e308"}, "max_spacing_ft": {"0", "-1", "1e308"}, "fabric_roll_ft": {"0", "1e308"}, "top_rail_ft": {"0", "1e308"},
			"bottom_wire": {"1", `"yes"`}, "bands": {`"many"`}, "line_post_od_in": {"0", "1e308"}, "terminal_post_od_in": {"0", "-2", "1e308"},
			"post_size_in": {"3.5"}, "gate_post_size_in": {"3.5"}, "hole": {"{}"}, "gate_hole": {"{}"},
		},
	} {
		for member, values := range members {
			for _, value := range values {
				doc := fmt.Sprintf(`{%s,%s,"style":{"kind":%q,%q:%s}}`, goodNodes, goodSegments, kind, member, value)
				_, err := answer([]byte(doc))
				wantProblem(t, kind+" with "+member+" "+value, err, "/style/"+member)
			}
		}
	}
}

func TestBadHolesAndConcreteNameTheMember(t *testing.T) {
	t.Parallel()
	for member, pointer := range map[string]string{
		`"hole":{"diameter_in":0}`:                     "/style/hole/diameter_in",
		`"hole":{"diameter_in":4.9}`:                   "/style/hole/diameter_in",
		`"gate_hole":{"diameter_in":7}`:                "/style/gate_hole/diameter_in",
		`"post_size_in":8`:                             "/style/hole/diameter_in",
		`"hole":{"depth_in":-30}`:                      "/style/hole/depth_in",
		`"hole":{"depth_in":1e308}`:                    "/style/hole/depth_in",
		`"hole":{"gravel_in":31}`:                      "/style/hole/gravel_in",
		`"hole":{"gravel_in":-1}`:                      "/style/hole/gravel_in",
		`"hole":{"width_in":1}`:                        "/style/hole/width_in",
		`"concrete":{"bag_lb":70}`:                     "/style/concrete/bag_lb",
		`"concrete":{"bag_lb":0}`:                      "/style/concrete/bag_lb",
		`"concrete":{"bag_lb":80.5}`:                   "/style/concrete/bag_lb",
		`"concrete":{"waste_pct":-1}`:                  "/style/concrete/waste_pct",
		`"concrete":{"waste_pct":1e308}`:               "/style/concrete/waste_pct",
		`"concrete":{"rounding":"bag"}`:                "/style/concrete/rounding",
		`"concrete":{"subtract_post":0}`:               "/style/concrete/subtract_post",
		`"concrete":{"sand":1}`:                        "/style/concrete/sand",
		`"picket_gap_in":1,"picket_overlap_in":1`:      "/style/picket_gap_in",
		`"picket_gap_in":-1,"picket_overlap_in":1`:     "/style/picket_gap_in",
		`"pattern":"board_on_board","picket_gap_in":1`: "/style/picket_gap_in",
		`"pattern":"shadowbox","picket_gap_in":-1`:     "/style/picket_gap_in",
		`"pattern":"shadowbox","picket_overlap_in":1`:  "/style/picket_overlap_in",
		`"kind":"wood"`:                                "/style/kind",
	} {
		_, err := answer([]byte(`{` + goodNodes + `,` + goodSegments + `,"style":{"kind":"wood",` + member + `}}`))
		wantProblem(t, member, err, pointer)
	}
}

func TestCalculateDoesNotTrustItsCaller(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for name, test := range map[string]struct {
		spoil   func(*Layout)
		pointer string
	}{
		"x is NaN":            {func(l *Layout) { l.Nodes[1].X = nan }, "/nodes/1/x"},
		"y is infinite":       {func(l *Layout) { l.Nodes[1].Y = inf }, "/nodes/1/y"},
		"z is NaN":            {func(l *Layout) { l.Nodes[1].Z = nan }, "/nodes/1/z"},
		"removal is NaN":      {func(l *Layout) { l.Segments[0].RemovalFt = nan }, "/segments/0/removal_ft"},
		"offset is NaN":       {func(l *Layout) { l.Gates[0].OffsetFt = nan }, "/gates/0/offset_ft"},
		"opening is infinite": {func(l *Layout) { l.Gates[0].OpeningIn = inf }, "/gates/0/opening_in"},
		"height is NaN":       {func(l *Layout) { l.Style.HeightFt = &nan }, "/style/height_ft"},
		"id with NUL":         {func(l *Layout) { l.Nodes[0].ID = "a\x00" }, "/nodes/0/id"},
		"id not UTF-8":        {func(l *Layout) { l.Nodes[0].ID = "a\xff" }, "/nodes/0/id"},
		"no nodes":            {func(l *Layout) { *l = Layout{} }, "/nodes"},
		"too many nodes":      {func(l *Layout) { l.Nodes = make([]Node, 10_000_000) }, "/nodes"},
		"too many gates":      {func(l *Layout) { l.Gates = make([]Gate, 10_000_000) }, "/gates"},
	} {
		l := goldA(t)
		test.spoil(&l)
		_, err := Calculate(l)
		wantProblem(t, name, err, test.pointer)
	}
}

// zigzag is a layout of n segments; even ones have a gate.
func zigzag(n int) Layout {
	l := Layout{Style: Style{Kind: KindWood}}
	for i := range n + 1 {
		l.Nodes = append(l.Nodes, Node{ID: fmt.Sprint("n", i), X: float64(i) * 30, Y: float64(i%2) * 30})
	}
	for i := range n {
		id := fmt.Sprint("s", i)
		l.Segments = append(l.Segments, Segment{ID: id, From: l.Nodes[i].ID, To: l.Nodes[i+1].ID})
		if i%2 == 0 {
			l.Gates = append(l.Gates, Gate{ID: fmt.Sprint("g", i), Segment: id, OffsetFt: 8, OpeningIn: 48, Kind: GateWalk})
		}
	}
	return l
}

// The two tests of time run alone: beside others they would time the others.

func TestTenThousandSegmentsAnswerInUnderASecond(t *testing.T) {
	data, err := json.Marshal(zigzag(10_000))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	o, err := answer(data)
	if took := time.Since(start); took > soon {
		t.Errorf("took %v, want less than %v", took, soon)
	}
	if err != nil || len(o.Runs) != 15_000 {
		t.Errorf("%d runs, %v; want 15000", len(o.Runs), err)
	}
}

func TestCrowdedNodesAnswerInUnderASecond(t *testing.T) {
	l := zigzag(100)
	for i := range 19_000 { // all within one cell of the merge
		l.Nodes = append(l.Nodes, Node{ID: fmt.Sprint("c", i), X: 1000 + float64(i)*1e-6, Y: 1000})
	}
	start := time.Now()
	if _, err := Calculate(l); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > soon {
		t.Errorf("took %v, want less than %v", took, soon)
	}
}

func TestLayoutsAreReadBackAsWritten(t *testing.T) {
	t.Parallel()
	l := zigzag(5)
	l.Styles = map[string]Style{"front": {Kind: KindPanel, Hole: &Hole{DepthIn: new(40.0)}}}
	l.Segments[1].Style = "front"
	data, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(data) {
		t.Errorf("read back and written again %s, want %s (%v)", again, data, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, doc := range []string{
		`{` + goodNodes + `,` + goodSegments + `,` + goodStyle + `}`,
		`{` + goodNodes + `,` + goodSegments + `,"style":{"kind":"chain_link","bottom_wire":true},"gates":[{"id":"g","segment":"s","offset_ft":8,"opening_in":48,"kind":"double"}]}`,
		`{"nodes":[{"id":"a","x":0,"y":0,"z":3,"attach":"wall"},{"id":"b","x":40,"y":0.1},{"id":"c","x":40,"y":0.2}],"segments":[{"id":"s","from":"a","to":"c","style":"p"}],"style":{"kind":"wood","picket_gap_in":-1,"rounding":"bay"},"styles":{"p":{"kind":"panel","panel_ft":8}}}`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := answer(data)
		if err != nil {
			if e := fault.As(err); e.Kind != fault.Invalid || len(e.Fields) == 0 {
				t.Fatalf("%v, want a fault of kind Invalid with a field", err)
			}
			return
		}
		if len(o.Placed) != o.Posts.Total+o.Posts.Wall {
			t.Errorf("%d places for posts %+v", len(o.Placed), o.Posts)
		}
		if _, err := json.Marshal(o); err != nil {
			t.Errorf("the take-off cannot be written: %v", err)
		}
	})
}
