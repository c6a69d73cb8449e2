package account

import (
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

func (v view) day(t time.Time) string {
	return t.In(v.actor.Org.Zone()).Format("Jan 2, 2006")
}

// lastUsed is when a device was last here, as exact as it is known: to a few minutes.
func (v view) lastUsed(d identity.SignedInDevice) string {
	if d.LastUsedAt == nil {
		return "since " + v.day(d.CreatedAt)
	}
	at := d.LastUsedAt.In(v.actor.Org.Zone())
	return at.Format("Jan 2, 3:04 PM")
}

func deviceName(d identity.SignedInDevice) string {
	if d.Kind == identity.AsToken {
		return d.Device + " (program)"
	}
	return d.Device
}

func (v view) others() int {
	n := 0
	for _, d := range v.Devices {
		if !d.Current {
			n++
		}
	}
	return n
}

// secondWords sums up the second factors.
func (v view) secondWords() string {
	var parts []string
	if v.Authenticator != nil {
		parts = append(parts, "authenticator app", kit.Count(v.RecoveryLeft, "recovery code", "recovery codes")+" left")
	}
	if n := len(v.Passkeys); n > 0 {
		parts = append(parts, kit.Count(n, "passkey", "passkeys"))
	}
	if len(parts) == 0 {
		return "None. With one, a stolen password is not enough."
	}
	words := strings.Join(parts, ", ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// grouped is a secret in groups of four, to be typed by hand.
func factorPath(rest string) string { return shell.EnrollPath + rest }
