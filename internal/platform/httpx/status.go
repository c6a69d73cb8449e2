package httpx

import (
	"errors"
	"net/http"

	"fenceplatform.com/fence/internal/platform/fault"
)

var statusOfKind = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.LimitReached:    http.StatusPaymentRequired,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// Codes whose status says more than their kind's.
const (
	CodeMalformed    = "malformed-request"
	CodeTooLarge     = "body-too-large"
	CodeMediaType    = "unsupported-media-type"
	CodeMethod       = "method-not-allowed"
	CodeCrossOrigin  = "cross-origin"
	CodePrecondition = "version-required"

	CodeAddressTooLong = "address-too-long"
	CodeTooManyHeaders = "too-many-headers"

	CodeTooManyRequests = "too-many-requests"
	CodeQuotaExceeded   = "quota-exceeded"
)

var statusOfCode = map[string]int{
	fault.CodeStale:  http.StatusPreconditionFailed,
	CodeMalformed:    http.StatusBadRequest,
	CodeTooLarge:     http.StatusRequestEntityTooLarge,
	CodeMediaType:    http.StatusUnsupportedMediaType,
	CodeMethod:       http.StatusMethodNotAllowed,
	CodePrecondition: http.StatusPreconditionRequired,

	CodeAddressTooLong: http.StatusRequestURITooLong,
	CodeTooManyHeaders: http.StatusRequestHeaderFieldsTooLarge,
}

// Status is the HTTP status of a fault.
func Status(f *fault.Error) int {
	if s, ok := statusOfCode[f.Code]; ok {
		return s
	}
	return statusOfKind[f.Kind]
}

// Fault is err as a fault; what net/http says of a body that is too long becomes one too.
func Fault(err error) *fault.Error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.Invalid, CodeTooLarge, "The request is larger than %d bytes.", e.Limit)
	}
	return fault.As(err)
}
