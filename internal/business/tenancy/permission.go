package tenancy

// Permission names one thing that a role may or may not do. Which role may is the table in identity.
type Permission string

// Every permission of the product. A route or operation without one does not compile into the lists.
const (
	CustomersRead  Permission = "customers.read"
	CustomersWrite Permission = "customers.write"
	SketchesRead   Permission = "sketches.read"
	SketchesWrite  Permission = "sketches.write"
	QuotesRead     Permission = "quotes.read"
	QuotesWrite    Permission = "quotes.write"
	QuotesSend     Permission = "quotes.send"
	JobsRead       Permission = "jobs.read"
	PaymentsRead   Permission = "payments.read"
	PaymentsRecord Permission = "payments.record" // and refund, ask for, void
	FilesAdd       Permission = "files.add"
	FilesRemove    Permission = "files.remove"
	PricesRead     Permission = "prices.read"
	PricesWrite    Permission = "prices.write"
	CostsSee       Permission = "costs.see"
	MarginsSee     Permission = "margins.see"
	PricesOverride Permission = "prices.override"
	QuotesApprove  Permission = "quotes.approve"
	DataExport     Permission = "data.export"
	BillingManage  Permission = "billing.manage"
	CompanyRead    Permission = "company.read"
	PeopleRead     Permission = "people.read"
	PeopleWrite    Permission = "people.write"
	SettingsRead   Permission = "settings.read"
	SettingsWrite  Permission = "settings.write"
	UsageRead      Permission = "usage.read"
	AuditRead      Permission = "audit.read"
	APIKeysWrite   Permission = "api_keys.write"
	ViewAs         Permission = "view_as"
	SupportSee     Permission = "support.see"   // and end it
	SupportGrant   Permission = "support.grant" // and refuse it
	OwnAccount     Permission = "own_account"
)

// Permissions lists them all, for the matrix and its test.
var Permissions = []Permission{
	CustomersRead, CustomersWrite, SketchesRead, SketchesWrite, QuotesRead, QuotesWrite, QuotesSend, JobsRead,
	PaymentsRead, PaymentsRecord, FilesAdd, FilesRemove, PricesRead, PricesWrite, CostsSee, MarginsSee, PricesOverride, QuotesApprove, DataExport, BillingManage,
	CompanyRead, PeopleRead, PeopleWrite, SettingsRead, SettingsWrite, UsageRead, AuditRead, APIKeysWrite, ViewAs,
	SupportSee, SupportGrant, OwnAccount,
}
