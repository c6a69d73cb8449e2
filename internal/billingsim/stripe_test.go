package billingsim

import (
	"net/url"
)

// answer is what of Stripe's objects is looked at here.
type answer struct {
	ID, Object, Status string
	Customer           any
	Charge             string
	Deleted            bool
	URL                string
	Paid               bool
	Amount             int64
	Total              int64
	AmountRefunded     int64   `json:"amount_refunded"`
	AmountPaid         int64   `json:"amount_paid"`
	AmountRemaining    int64   `json:"amount_remaining"`
	AttemptCount       int64   `json:"attempt_count"`
	Created            int64   `json:"created"`
	DueDate            int64   `json:"due_date"`
	CancelAt           int64   `json:"cancel_at"`
	CancelAtPeriodEnd  bool    `json:"cancel_at_period_end"`
	EndedAt            int64   `json:"ended_at"`
	TrialEnd           int64   `json:"trial_end"`
	PeriodStart        int64   `json:"current_period_start"`
	PeriodEnd          int64   `json:"current_period_end"`
	Schedule           string  `json:"schedule"`
	LookupKey          string  `json:"lookup_key"`
	Quantity           int64   `json:"quantity"`
	Price              *answer `json:"price"`
	PauseCollection    any     `json:"pause_collection"`
	StatusTransitions  struct {
		FinalizedAt int64 `json:"finalized_at"`
	} `json:"status_transitions"`
	Metadata map[string]string
	Items    *answer
	Data     []answer
	HasMore  bool `json:"has_more"`
	Error    *refused
}

type refused struct{ Message, Code string }

// ok tells that it was done.
func (a answer) ok() bool { return a.Error == nil }

// item is the subscription's item with a price, by its lookup key; nothing without one.
func (a answer) item(key string) answer {
	if a.Items != nil {
		for _, i := range a.Items.Data {
			if i.Price != nil && i.Price.LookupKey == key {
				return i
			}
		}
	}
	return answer{}
}

// plan is the item that names the plan.
func (a answer) plan() answer {
	if i := a.item("starter_v1"); i.ID != "" {
		return i
	}
	return a.item("growth_v1")
}

// live tells that a subscription goes on.
func (a answer) live() bool {
	return a.Status != "canceled" && a.Status != "incomplete_expired"
}

// encode writes names and values as a form.
func encode(form []string) string {
	text := ""
	for n := 0; n+1 < len(form); n += 2 {
		if text != "" {
			text += "&"
		}
		text += form[n] + "=" + url.QueryEscape(form[n+1])
	}
	return text
}

// all lists everything of a kind.
func (c *course) all(path string, form ...string) (found []answer) {
	form = append(form, "limit", "100")
	after := ""
	for {
		page := c.call("GET", path, append(form[:len(form):len(form)], startingAfter(after)...)...)
		found = append(found, page.Data...)
		if !page.HasMore || len(page.Data) == 0 {
			return found
		}
		after = page.Data[len(page.Data)-1].ID
	}
}

func startingAfter(id string) []string {
	if id == "" {
		return nil
	}
	return []string{"starting_after", id}
}
