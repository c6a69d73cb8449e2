package stripesim

import (
	"fmt"
	"net/http"
	"strings"
)

// Problem is an error as Stripe words it: an HTTP status, and what stands under "error".
type Problem struct {
	Status        int    `json:"-"`
	Type          string `json:"type"`
	Code          string `json:"code,omitempty"`
	DeclineCode   string `json:"decline_code,omitempty"`
	Message       string `json:"message"`
	Param         string `json:"param,omitempty"`
	DocURL        string `json:"doc_url,omitempty"`
	Charge        string `json:"charge,omitempty"`
	PaymentIntent any    `json:"payment_intent,omitempty"`
	SetupIntent   any    `json:"setup_intent,omitempty"`
	PaymentMethod any    `json:"payment_method,omitempty"`
	RequestLogURL string `json:"request_log_url,omitempty"`

	// unsaved is true when the request never began, so that its idempotency key stays free.
	unsaved bool
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s %s: %s", p.Status, p.Type, p.Code, p.Message)
}

func invalid(param, message string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "invalid_request_error", Param: param, Message: message, unsaved: true}
}

// coded is a refusal that programs tell apart by its code.
func coded(code, param, message string) *Problem {
	p := invalid(param, message)
	p.Code = code
	return p
}

func unknownParameter(param string) *Problem {
	return coded("parameter_unknown", param, "Received unknown parameter: "+param)
}

// missing names a path as Stripe writes it: recurring[interval].
func missing(path string) *Problem {
	first, rest, nested := strings.Cut(path, ".")
	if nested {
		first += "[" + strings.ReplaceAll(rest, ".", "][") + "]"
	}
	return coded("parameter_missing", first, "Missing required param: "+first+".")
}

// noSuch is for what a parameter names; what the path names is a 404 (see absent).
func noSuch(kind, param, id string) *Problem {
	return coded("resource_missing", param, fmt.Sprintf("No such %s: '%s'", kind, id))
}

func absent(kind, id string) *Problem {
	p := noSuch(kind, "id", id)
	p.Status = http.StatusNotFound
	return p
}

func unauthorized(message string) *Problem {
	return &Problem{Status: http.StatusUnauthorized, Type: "invalid_request_error", Message: message, unsaved: true}
}

// declined is a card's no.
func declined(code, declineCode, message string) *Problem {
	return &Problem{Status: http.StatusPaymentRequired, Type: "card_error", Code: code, DeclineCode: declineCode, Message: message}
}

func broken() *Problem {
	return &Problem{Status: http.StatusInternalServerError, Type: "api_error", Message: "An unknown error occurred"}
}
