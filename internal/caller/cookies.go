package caller

import (
	"net/http"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/support"
)

// The cookies of signing in. __Host- keeps each to exactly this host, and to TLS (browsers take localhost for it): a
// sibling company's page can neither read nor set it.
const (
	sessionCookie = "__Host-session"
	stepCookie    = "__Host-step"   // a sign-in that waits for the second factor
	deviceCookie  = "__Host-device" // let in while strangers guess

	operatorCookie = "__Host-operator" // at the apex
	signOnCookie   = "__Host-signon"   // a log-in that is at the company's provider
)

const (
	stepAge   = 10 * time.Minute
	signOnAge = 10 * time.Minute
	deviceAge = 365 * 24 * time.Hour
)

func cookieOf(r *http.Request, name string) string {
	all := r.CookiesNamed(name) // net/http drops blanks around a name; no browser sends them
	if !strings.Contains("; "+strings.Join(r.Header["Cookie"], "; "), "; "+name+"=") {
		return ""
	}
	if len(all) != 1 { // of two, one is not ours, and nobody can tell which
		return ""
	}
	return all[0].Value
}

// SetSession gives the browser the session's token, or what goes on to the second factor.
func SetSession(w http.ResponseWriter, s identity.Session) {
	if s.Step != "" {
		set(w, stepCookie, s.Step, stepAge)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: s.Token, Path: "/", Expires: s.ExpiresAt, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if s.Device != "" {
		set(w, deviceCookie, s.Device, deviceAge)
	}
	end(w, stepCookie)
}

// SetSignOn gives the browser what it has to come back from the provider with.
func SetSignOn(w http.ResponseWriter, token string) { set(w, signOnCookie, token, signOnAge) }

// EndSignOn takes it away: it was used.
func EndSignOn(w http.ResponseWriter) { end(w, signOnCookie) }

// EndSession takes the token away. The device stays known.
func EndSession(w http.ResponseWriter) { end(w, sessionCookie) }

// SetSupport gives the browser the session of an operator whom the owner let in, in the place of whatever it had.
func SetSupport(w http.ResponseWriter, s support.Session) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: s.Token, Path: "/", Expires: s.ExpiresAt, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	end(w, stepCookie)
}

// SetOperator gives the browser an operator's session at the apex, or the step towards it.
func SetOperator(w http.ResponseWriter, s operator.Session) {
	http.SetCookie(w, &http.Cookie{Name: operatorCookie, Value: s.Token, Path: "/", Expires: s.ExpiresAt, Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// EndOperator takes it away.
func EndOperator(w http.ResponseWriter) { end(w, operatorCookie) }

func set(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age.Seconds()), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func end(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
