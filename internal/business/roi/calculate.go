package roi

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Kind is the question that a document asks.
type Kind string

// The questions.
const (
	KindLifecycle Kind = "lifecycle"
	KindResale    Kind = "resale"
	KindCashFlows Kind = "cash_flows"
	KindLoan      Kind = "loan"
)

// Calculate answers a document by its kind: LifecycleAnswer, ResaleAnswer, CashFlowsAnswer or LoanAnswer.
// What is not exactly such a document is a fault of kind Invalid with JSON pointers.
func Calculate(data []byte) (any, error) {
	var members map[string]jsontext.Value
	if err := document.Decode(data, &members); err != nil {
		return nil, err
	}
	var kind Kind
	if raw, given := members["kind"]; given {
		if err := json.Unmarshal(raw, &kind); err != nil {
			return nil, fault.InvalidField("/kind", "must be a text")
		}
	}
	switch kind {
	case KindLifecycle:
		return answer(data, newLifecycle(), Lifecycle.Answer)
	case KindResale:
		return answer(data, newResale(), Resale.Answer)
	case KindCashFlows:
		return answer(data, newCashFlows(), CashFlows.Answer)
	case KindLoan:
		return answer(data, newLoan(), Loan.Answer)
	default:
		return nil, fault.InvalidField("/kind", "must be lifecycle, resale, cash_flows or loan")
	}
}

// answer reads the document over what it may leave out.
func answer[Q, A any](data []byte, question Q, solve func(Q) (A, error)) (any, error) {
	if err := document.Decode(data, &question); err != nil {
		return nil, err
	}
	a, err := solve(question)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// missing stands for an amount that a document left out; no amount may be negative.
const missing money.Cents = -1

// amount notes a missing amount, or one past the bound of every document.
func amount(c *document.Check, pointer string, v money.Cents) {
	c.Whole(pointer, int64(v), 0, int64(money.Max))
}

// cents rounds an amount; one past the bound is a problem of the member at pointer, which made it grow.
func cents(c *document.Check, pointer string, v float64) money.Cents {
	out, ok := money.FromFloat(v)
	if !ok {
		c.Add(pointer, "makes an amount past %s", money.Max)
	}
	return out
}
