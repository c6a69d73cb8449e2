package identity

import "fenceplatform.com/fence/internal/business/tenancy"

// The reach of one cell of the matrix.
const (
	no  = tenancy.None
	own = tenancy.Own
	all = tenancy.All
)

// right is one row of the matrix: how far a permission reaches for each role, in the order of Roles.
type right struct {
	tenancy.Permission
	Words string // as the page of roles says it
	Money bool   // one of the money rights, which stand apart
	reach [6]tenancy.Reach
}

// matrix is the whole of who may do what. Operations ask by permission and never by role, so that a company's
// own roles can take its place. Only what ownable names may reach less than everything.
var matrix = []right{
	//                                                                           owner admin office estimator crew accountant
	{tenancy.CustomersRead, "Read customers and properties", false, [...]tenancy.Reach{all, all, all, all, no, all}},
	{tenancy.CustomersWrite, "Change customers and properties", false, [...]tenancy.Reach{all, all, all, all, no, no}},
	{tenancy.SketchesRead, "Read sketches", false, [...]tenancy.Reach{all, all, all, all, no, no}},
	{tenancy.SketchesWrite, "Draw sketches", false, [...]tenancy.Reach{all, all, all, all, no, no}},
	{tenancy.QuotesRead, "Read quotes", false, [...]tenancy.Reach{all, all, all, all, no, all}},
	{tenancy.QuotesWrite, "Write quotes", false, [...]tenancy.Reach{all, all, all, own, no, no}},
	{tenancy.QuotesSend, "Send quotes and record answers", false, [...]tenancy.Reach{all, all, all, own, no, no}},
	{tenancy.JobsRead, "Read jobs", false, [...]tenancy.Reach{all, all, all, no, all, all}},
	{tenancy.PaymentsRead, "Read customers' payments", false, [...]tenancy.Reach{all, all, all, no, no, all}},
	{tenancy.PaymentsRecord, "Record, request and refund payments", false, [...]tenancy.Reach{all, all, all, no, no, all}},
	{tenancy.FilesAdd, "Add photos", false, [...]tenancy.Reach{all, all, all, no, all, no}},
	{tenancy.FilesRemove, "Remove photos", false, [...]tenancy.Reach{all, all, all, no, no, no}},
	{tenancy.PricesRead, "Read prices", false, [...]tenancy.Reach{all, all, all, all, no, no}},
	{tenancy.PricesWrite, "Change prices", false, [...]tenancy.Reach{all, all, all, no, no, no}},
	{tenancy.CompanyRead, "Read the company's name, address and plan", false, [...]tenancy.Reach{all, all, all, all, all, all}},
	{tenancy.SettingsRead, "Read settings", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.SettingsWrite, "Change settings", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.PeopleRead, "Read people", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.PeopleWrite, "Invite and change people", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.UsageRead, "Read usage", false, [...]tenancy.Reach{all, all, no, no, no, all}},
	{tenancy.AuditRead, "Read the audit log", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.APIKeysWrite, "Create and revoke API keys", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.ViewAs, "View as another role", false, [...]tenancy.Reach{all, no, no, no, no, no}},
	{tenancy.SupportSee, "See and end support access", false, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.SupportGrant, "Grant support access", false, [...]tenancy.Reach{all, no, no, no, no, no}},
	{tenancy.OwnAccount, "Their own account", false, [...]tenancy.Reach{all, all, all, all, all, all}},

	{tenancy.CostsSee, "See cost", true, [...]tenancy.Reach{all, all, all, no, no, no}},
	{tenancy.MarginsSee, "See margin", true, [...]tenancy.Reach{all, all, all, no, no, no}},
	{tenancy.PricesOverride, "Override price: give discounts", true, [...]tenancy.Reach{all, all, all, all, no, no}},
	{tenancy.QuotesApprove, "Approve quotes, once rules ask for it", true, [...]tenancy.Reach{all, all, no, no, no, no}},
	{tenancy.DataExport, "Export", true, [...]tenancy.Reach{all, all, no, no, no, all}},
	{tenancy.BillingManage, "Billing", true, [...]tenancy.Reach{all, no, no, no, no, no}},
}

// approveUpToBP is how large an effective discount each role may approve, in basis points. The rules that ask
// for an approval are not built yet; the page of roles shows what they will ask.
var approveUpToBP = map[Role]int{Owner: 10_000, Admin: 2_000}

// granted and narrowed are the matrix by role, made once.
var granted, narrowed = func() (map[Role][]tenancy.Permission, map[Role]map[tenancy.Permission]tenancy.Reach) {
	may, less := map[Role][]tenancy.Permission{}, map[Role]map[tenancy.Permission]tenancy.Reach{}
	for n, r := range Roles {
		less[r] = map[tenancy.Permission]tenancy.Reach{}
		for _, row := range matrix {
			if row.reach[n] == no {
				continue
			}
			may[r] = append(may[r], row.Permission)
			if row.reach[n] != all {
				less[r][row.Permission] = row.reach[n]
			}
		}
	}
	return may, less
}()

// Reach tells how far a permission goes for a role.
func (r Role) Reach(p tenancy.Permission) tenancy.Reach {
	for n, known := range Roles {
		for _, row := range matrix {
			if known == r && row.Permission == p {
				return row.reach[n]
			}
		}
	}
	return tenancy.None
}

// ApprovesUpToBP is how large a discount the role may approve, in basis points.
func (r Role) ApprovesUpToBP() int { return approveUpToBP[r] }

// Narrowed is what reaches less than everything, for tenancy.Actor.Reaching.
func (r Role) Narrowed() map[tenancy.Permission]tenancy.Reach { return narrowed[r] }

// Right is a row of the matrix as the page of roles shows it.
type Right struct {
	Permission tenancy.Permission
	Words      string
	Money      bool
}

// Rights lists the rows of the matrix, the money rights last.
func Rights() []Right {
	rows := make([]Right, 0, len(matrix))
	for _, r := range matrix {
		rows = append(rows, Right{r.Permission, r.Words, r.Money})
	}
	return rows
}
