package openid

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"fenceplatform.com/fence/internal/platform/outbound"
)

// Kind says what sort of trouble there is with a provider.
type Kind uint8

const (
	// Unreachable is no answer, or not in time.
	Unreachable Kind = iota + 1
	// Unusable is an answer that is not one of a provider that we can work with.
	Unusable
	// Stranger is a provider that does not know the client, or not with this secret.
	Stranger
	// Refused is a code that the provider does not take.
	Refused
	// Unbelievable is an ID token that does not prove anything.
	Unbelievable
)

// Error is trouble with a provider. Words are for who sets it up: whole sentences, without anything that came from it.
type Error struct {
	Kind  Kind
	Words string
	cause error
}

func (e *Error) Error() string {
	if e.cause == nil {
		return e.Words
	}
	return e.Words + " " + e.cause.Error()
}

func (e *Error) Unwrap() error { return e.cause }

func trouble(kind Kind, words string, cause error) *Error { return &Error{kind, words, cause} }

// asking says why a request to a host had no answer that can be read.
func asking(host, what string, err error) *Error {
	var op *net.OpError
	var dns *net.DNSError
	var retrieve *oauth2.RetrieveError
	switch {
	case errors.Is(err, outbound.ErrAddress):
		return trouble(Unusable, host+" is no public address, so it is not asked.", err)
	case errors.Is(err, outbound.ErrRedirect):
		return trouble(Unusable, host+" leads elsewhere for its "+what+". Enter the address that it leads to.", err)
	case errors.Is(err, outbound.ErrTooLarge):
		return trouble(Unusable, host+" answers with more than 1 MiB for its "+what+".", err)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return trouble(Unreachable, host+" does not answer within 5 seconds.", err)
	case errors.As(err, &dns):
		return trouble(Unreachable, "There is no host "+host+".", err)
	case errors.As(err, &retrieve):
		return exchanging(retrieve)
	case errors.As(err, &op):
		return trouble(Unreachable, host+" cannot be reached.", err)
	}
	return trouble(Unusable, host+" has no "+what+" that can be read. Is it an OpenID Connect provider?", err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// exchanging says why a provider gave no tokens for a code.
func exchanging(err *oauth2.RetrieveError) *Error {
	status := http.StatusBadRequest
	if err.Response != nil {
		status = err.Response.StatusCode
	}
	switch {
	case err.ErrorCode == "invalid_client", err.ErrorCode == "unauthorized_client", err.ErrorCode == "" && status == http.StatusUnauthorized:
		return trouble(Stranger, "The provider does not know this client id, or not with this secret.", err)
	case status >= http.StatusInternalServerError:
		return trouble(Unreachable, "The provider has a trouble of its own.", err)
	}
	return trouble(Refused, "The provider did not take the code.", err)
}

// discovering says why a discovery document is of no use.
func discovering(host string, err error) *Error {
	if _, mismatch := errors.AsType[*oidc.IssuerMismatchError](err); mismatch {
		return trouble(Unusable, host+" calls itself by another issuer address. Enter it exactly as the provider writes it, with or without a / at its end.", err)
	}
	return asking(host, "discovery document", err)
}
