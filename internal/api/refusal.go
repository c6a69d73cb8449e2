package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// refusal carries a fault through huma to the codec, which writes it as a problem.
type refusal struct{ fault *fault.Error }

func (r *refusal) Error() string  { return r.fault.Error() }
func (r *refusal) GetStatus() int { return httpx.Status(r.fault) }

// refuseInvalid turns what huma found wrong into a fault. What huma would say repeats the body; this does not.
func refuseInvalid(ctx huma.Context, _ string, answer any) (any, error) {
	model, ok := answer.(*huma.ErrorModel)
	if !ok {
		return answer, nil
	}
	var body []byte
	if x, ok := ctx.(*exchange); ok {
		body = x.body
	}
	var p fault.Problems
	told := map[string]bool{}
	for _, detail := range model.Errors {
		if len(told) == maxProblems { // finding the place of each of thousands takes minutes
			break
		}
		if strings.HasPrefix(detail.Location, "path.") {
			return &refusal{fault.Missing()}, nil // an id that cannot be one is an address that leads nowhere
		}
		pointer, message := detailOf(detail, body)
		if !told[pointer] {
			told[pointer] = true
			p.Add(pointer, "%s", message)
		}
	}
	if err := p.Err(); err != nil {
		return &refusal{fault.As(err)}, nil
	}
	return &refusal{internal(errors.New(model.Detail))}, nil
}

// internal is a mistake of ours.
func internal(err error) *fault.Error { return fault.As(err) }

// required is what huma says of a member that is missing, around the member's name.
var requiredBefore, requiredAfter, _ = strings.Cut(validation.MsgExpectedRequiredProperty, "%s")

func detailOf(d *huma.ErrorDetail, body []byte) (pointer, message string) {
	place, inBody := strings.CutPrefix(d.Location, "body")
	if !inBody {
		_, name, _ := strings.Cut(d.Location, ".")
		pointer = "/" + pointerToken(name)
		if strings.HasPrefix(d.Message, "invalid value") { // the words of whatever type could not be read
			return pointer, "is not what this parameter takes"
		}
		return pointer, d.Message
	}
	pointer = bodyPointer(place, body)
	switch name, missing := strings.CutPrefix(d.Message, requiredBefore); {
	case missing:
		return pointer + "/" + pointerToken(strings.TrimSuffix(name, requiredAfter)), "is missing"
	case d.Message == validation.MsgUnexpectedProperty:
		return pointer, "is not a member of this document"
	case strings.HasPrefix(d.Message, "expected "):
		return pointer, d.Message
	}
	return pointer, "is not what this operation takes" // the decoder's own words name types of ours
}

// unmatched answers what no operation is for: a path of nobody, or a method that the path does not have.
func (a *API) unmatched(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = method
		if _, pattern := a.mux.Handler(&probe); strings.HasPrefix(pattern, method+" /v1/") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		refuse(w, r, fault.Missing())
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	refuse(w, r, fault.New(fault.Invalid, httpx.CodeMethod, "This address takes %s.", strings.Join(allowed, ", ")).With("allowed", allowed))
}
