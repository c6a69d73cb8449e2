package kit

// What the script asks the device for.
const (
	UsePasskey  = "get"
	MakePasskey = "create"
)

// Passkey is a form that a device fills: its script asks Ask for a challenge, lets the device answer it, and sends the
// answer to Action. Without script there is nothing that it could do, so the page says so where it matters.
type Passkey struct {
	Action string
	Ask    string
	Deed   string // UsePasskey or MakePasskey
	Label  string
	Hidden []Hidden
	Error  string
}
