package plan

// Who reads in a state.
type Readers int

// From nobody to everybody whose role may.
const (
	NobodyReads Readers = iota
	OwnersRead
	EverybodyReads
)

// Links is how a homeowner's quote link answers.
type Links int

const (
	// LinksGone answer like an address of nobody.
	LinksGone Links = iota
	// LinksNeutral name the contractor and the phone, and nothing of the quote.
	LinksNeutral
	// LinksWork can be read, accepted and declined: a homeowner is not punished for the contractor's card.
	LinksWork
)

// Keys is what API keys may do.
type Keys int

// From nothing to everything within their scopes.
const (
	KeysRest Keys = iota
	KeysRead
	KeysWork
)

// Mail is which mail leaves in the company's name.
type Mail int

const (
	// MailNone leaves.
	MailNone Mail = iota
	// MailNotices are what the platform tells the company's people, and the homeowner's own signed copy.
	MailNotices
	// MailCapped is everything, so much a day until an owner's address is confirmed.
	MailCapped
	// MailFull is everything.
	MailFull
)

// Export is who may take the company's data along.
type Export int

// From nobody to the company itself.
const (
	ExportNone    Export = iota
	ExportArchive        // the archive made at the deletion, for a while
	ExportByStaff        // the operator, for the owner
	ExportFull
)

// Access is what a company may do in a state.
type Access struct {
	Read    Readers
	Write   bool // change what is there
	Grow    bool // more people and whatever else is billed
	Links   Links
	Keys    Keys
	Mail    Mail
	Export  Export
	Billing bool // the page of plan and card opens
	Staff   bool // the operator sees it
}

// accessOf is the one table of state × access. Going down, nothing becomes freer, except from suspended: no
// time leads there.
var accessOf = map[State]Access{
	//                Read            Write  Grow   Links         Keys      Mail         Export         Billing Staff
	Active:          {EverybodyReads, true, true, LinksWork, KeysWork, MailFull, ExportFull, true, true},
	Trialing:        {EverybodyReads, true, true, LinksWork, KeysWork, MailCapped, ExportFull, true, true},
	PastDue:         {EverybodyReads, true, false, LinksWork, KeysWork, MailFull, ExportFull, true, true},
	Restricted:      {EverybodyReads, false, false, LinksWork, KeysRead, MailNotices, ExportFull, true, true},
	Canceled:        {EverybodyReads, false, false, LinksWork, KeysRest, MailNotices, ExportFull, true, true},
	Dormant:         {OwnersRead, false, false, LinksNeutral, KeysRest, MailNotices, ExportFull, true, true},
	Suspended:       {NobodyReads, false, false, LinksNeutral, KeysRest, MailNone, ExportByStaff, true, true},
	PendingDeletion: {NobodyReads, false, false, LinksGone, KeysRest, MailNone, ExportArchive, false, true},
	Deleted:         {NobodyReads, false, false, LinksGone, KeysRest, MailNone, ExportNone, false, true},
}

// Access is what the company may do.
func (e Entitlements) Access() Access { return accessOf[e.State] }

// ReadOnly tells that everything opens that did, and nothing changes.
func (e Entitlements) ReadOnly() bool {
	a := e.Access()
	return !a.Write && a.Read == EverybodyReads
}
