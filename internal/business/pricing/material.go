package pricing

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// Material is something that the company buys to build with.
type Material struct {
	ID   id.ID  `json:"id"`
	Key  string `json:"key"` // "picket.cedar": never changes
	Name string `json:"name"`
	Unit string `json:"unit"`
	// CostCents buys one pack. It is nil for whoever may not see costs.
	CostCents *money.Cents `json:"cost_cents,omitzero"`
	Pack      int          `json:"pack"` // how many come together; 1 for single pieces
	UpdatedAt time.Time    `json:"updated_at"`
	Version   int          `json:"version"`
}

func (m *Material) price() ItemPrice { return ItemPrice{CostCents: *m.CostCents, Pack: m.Pack} }

// MaterialInput is what people say of a material.
type MaterialInput struct {
	Name      string      `json:"name"`
	Unit      string      `json:"unit"`
	CostCents money.Cents `json:"cost_cents"`
	Pack      int         `json:"pack"`
}

func (in *MaterialInput) clean(p *fault.Problems) {
	in.Name = oneLine(in.Name)
	in.Unit = oneLine(in.Unit)
	checkText(p, "/name", in.Name, 1, 120)
	checkText(p, "/unit", in.Unit, 1, 20)
	checkWhole(p, "/cost_cents", int64(in.CostCents), 0, maxUnitCents)
	checkWhole(p, "/pack", int64(in.Pack), 1, maxPack)
}

// AddMaterialInput names a new material. Without a key it gets one made of its name.
type AddMaterialInput struct {
	Key string `json:"key"`
	MaterialInput
}

// Validate cleans the input and says everything that is wrong with it.
func (in *AddMaterialInput) Validate() error {
	var p fault.Problems
	in.clean(&p)
	if in.Key != "" && !materialKey.MatchString(in.Key) {
		p.Add("/key", "Write the key in small letters and digits, like picket.cedar.")
	}
	return p.Err()
}

// key is the one given, or one made of the name; a name without letters of ASCII leaves only the id.
func (in *AddMaterialInput) key(own id.ID) string {
	if in.Key != "" {
		return in.Key
	}
	return slug(in.Name, '_', 30, "material", own)
}

// EditMaterialInput changes a material that was read at Version.
type EditMaterialInput struct {
	ID      id.ID `json:"id"`
	Version int   `json:"version"`
	MaterialInput
}

// Validate cleans the input and says everything that is wrong with it.
func (in *EditMaterialInput) Validate() error {
	var p fault.Problems
	in.clean(&p)
	return p.Err()
}

// slug makes a key of a name: what is no letter or digit of ASCII becomes one joint. Keys begin with a letter.
func slug(name string, joint byte, most int, otherwise string, own id.ID) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		digit := r >= '0' && r <= '9'
		switch {
		case b.Len() >= most:
		case r >= 'a' && r <= 'z', digit && b.Len() > 0:
			b.WriteRune(r)
		case !digit && b.Len() > 0 && b.String()[b.Len()-1] != joint:
			b.WriteByte(joint)
		}
	}
	if key := strings.TrimRight(b.String(), string(joint)); key != "" {
		return key
	}
	return otherwise + string(joint) + own.String()[24:]
}
