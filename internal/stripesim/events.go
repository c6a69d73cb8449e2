package stripesim

import (
	"bytes"
	"encoding/json"
	"slices"
)

// event tells of a change. What it shows of the object is as it was then, and stays so.
type event struct {
	head
	APIVersion      string    `json:"api_version"`
	Account         string    `json:"account,omitempty"`
	Data            eventData `json:"data"`
	PendingWebhooks int       `json:"pending_webhooks"`
	Request         *origin   `json:"request"`
	Type            string    `json:"type"`
}

type eventData struct {
	Object             json.RawMessage `json:"object"`
	PreviousAttributes map[string]any  `json:"previous_attributes,omitempty"`
}

// eventsFor is how long events can be listed.
const eventsFor = 30 * day

// emit tells of an object as it is now.
func (sp *space) emit(now int64, kind string, object any) { sp.tell(now, kind, object, nil) }

// was is an object before a change, for changed.
func was(object any) []byte { return encode(object) }

// changed tells of an object that differs from what it was; nothing when it does not.
func (sp *space) changed(now int64, kind string, object any, before []byte) {
	after := encode(object)
	if !bytes.Equal(before, after) {
		sp.write(now, kind, object, after, differences(before, after))
	}
}

// changes is what of an object was different before; nil when nothing was.
func changes(object any, before []byte) map[string]any {
	after := encode(object)
	if bytes.Equal(before, after) {
		return nil
	}
	return differences(before, after)
}

func (sp *space) tell(now int64, kind string, object any, previous map[string]any) {
	sp.write(now, kind, object, encode(object), previous)
}

// write makes the event, and has whoever wants to know told of it.
func (sp *space) write(now int64, kind string, object any, shown []byte, previous map[string]any) {
	e := &event{
		head: sp.head("evt", "event", now), APIVersion: Version, Account: sp.account, Type: kind, Request: sp.sim.current,
		Data: eventData{Object: shown, PreviousAttributes: previous},
	}
	if e.Request == nil {
		e.Request = &origin{}
	}
	sp.events.add(e)
	sp.sim.dispatch(sp, e)
	if d, ok := object.(interface{ replan() }); ok {
		d.replan()
	}
}

// Tell has an event of any type told of an object as it is: for what Stripe does and this simulator does not, such as
// invoice.finalization_failed.
func (s *Sim) Tell(kind, id string) error {
	return s.plant(func() *Problem {
		for _, sp := range s.spaces {
			if object := sp.find(id); object != nil {
				sp.tell(s.clock.now, kind, object, nil)
				return nil
			}
		}
		return absent("object", id)
	})
}

// forgetEvents drops what can no longer be listed, so that years of simulation fit in memory.
func (sp *space) forgetEvents(now int64) {
	n := 0
	for n < len(sp.events.all) && sp.events.all[n].Created+eventsFor < now {
		delete(sp.events.rows, sp.events.all[n].ID)
		n++
	}
	sp.events.all = slices.Delete(sp.events.all, 0, n)
}

func eventOperations() []operation {
	return []operation{
		{"GET /v1/events", listed + "type types[] delivery_success:bool", func(c *call) (any, *Problem) {
			types := c.form.texts("types")
			return page(c, c.sp.events, func(e *event) bool {
				return same(c.form, "type", e.Type) && (len(types) == 0 || slices.Contains(types, e.Type)) &&
					(!c.form.filled("delivery_success") || c.form.yes("delivery_success") == (e.PendingWebhooks == 0))
			})
		}},
		{"GET /v1/events/{id}", "", func(c *call) (any, *Problem) { return found(c.sp.events.get(c.id)) }},
	}
}

// found turns an object that was looked up into an answer.
func found[T record](row T, p *Problem) (any, *Problem) {
	if p != nil {
		return nil, p
	}
	return row, nil
}
