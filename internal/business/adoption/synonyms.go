package adoption

// kind is one of the six tables: the names that old databases have for it and for what is in it, and how a row
// becomes ours.
type kind struct {
	table  string
	also   []string // other names of the table, plain
	fields []field
	read   func(*reading) any // nil: skipped, and a note says why
}

// field is something that we look for. Its own name is always one of its names; the first that exists is taken.
type field struct {
	name string
	also []string // plain
}

// What most tables have.
var (
	createdAt  = field{"created_at", []string{"created", "createdon", "createddate", "datecreated", "createdtime", "insertedat", "entered", "enteredon", "dateadded", "addedon"}}
	updatedAt  = field{"updated_at", []string{"updated", "updatedon", "updateddate", "dateupdated", "modified", "modifiedat", "modifiedon", "lastmodified", "lastupdated"}}
	customerID = field{"customer_id", []string{"customer", "customerno", "clientid", "client", "custid", "cust"}}
	leadID     = field{"lead_id", []string{"lead", "leadno", "prospectid", "inquiryid"}}
	quoteID    = field{"quote_id", []string{"quote", "quoteno", "estimateid", "estimate", "proposalid", "bidid"}}
	notes      = field{"notes", []string{"note", "comments", "comment", "remarks", "memo"}}
	email      = field{"email", []string{"emailaddress", "mail", "email1", "primaryemail", "contactemail"}}
	phone      = field{"phone", []string{"phonenumber", "phoneno", "telephone", "tel", "mobile", "mobilephone", "cell", "cellphone", "phone1", "primaryphone", "homephone", "contactphone"}}
	firstName  = field{"first_name", []string{"firstname", "fname", "givenname", "first"}}
	lastName   = field{"last_name", []string{"lastname", "lname", "surname", "familyname", "last"}}
	zip        = field{"zip", []string{"zipcode", "postalcode", "postcode", "postal", "zip5"}}
	city       = field{"city", []string{"town"}}
	street     = field{"street", []string{"address", "streetaddress", "address1", "addressline1", "addr", "addr1", "siteaddress", "propertyaddress", "jobaddress"}}
)

// kinds are the six tables in the order in which they refer to each other.
var kinds = []*kind{
	{"customers", []string{"customer", "clients", "client", "accounts"}, []field{
		{"name", []string{"fullname", "customername", "clientname", "displayname", "contactname", "contact"}}, firstName, lastName,
		{"company", []string{"companyname", "business", "businessname", "organization", "organisation"}}, email, phone, notes,
		street, {"unit", []string{"apt", "apartment", "suite", "address2", "addressline2", "addr2"}}, city,
		{"state", []string{"stateprovince", "province", "region"}}, zip,
		{"archived", []string{"isarchived", "deleted", "isdeleted", "inactive", "archivedat", "deletedat"}}, {"status", []string{"customerstatus", "active", "isactive"}},
		createdAt, updatedAt,
	}, readCustomer},
	{"leads", []string{"lead", "prospects", "prospect", "inquiries", "enquiries"}, []field{
		{"name", []string{"fullname", "leadname", "contactname", "contact", "customername"}}, firstName, lastName, email, phone, street, city, zip,
		{"status", []string{"leadstatus", "stage", "state"}}, {"source", []string{"leadsource", "channel", "origin", "utmsource"}},
		{"message", []string{"notes", "note", "comments", "comment", "description", "details", "inquiry"}},
		{"length_ft", []string{"linearfeet", "linearft", "lf", "length", "fencelength", "footage", "feet", "estimatedlength"}},
		{"budget", []string{"budgetcents", "estimatedvalue", "estvalue", "value", "amount", "dealvalue"}},
		{"lost_reason", []string{"lossreason", "reasonlost"}}, customerID,
		{"first_responded_at", []string{"firstresponseat", "respondedat", "contactedat", "firstcontactat"}},
		{"closed_at", []string{"closed", "closedon", "wonat", "lostat", "convertedat"}}, createdAt, updatedAt,
	}, readLead},
	{"appointments", []string{"appointment", "visits", "events", "schedule", "calendar", "bookings"}, []field{
		{"kind", []string{"type", "appointmenttype", "eventtype", "category"}}, {"status", []string{"appointmentstatus", "state"}},
		{"title", []string{"subject", "summary", "name"}}, {"notes", []string{"note", "comments", "description", "details", "memo"}},
		{"address", []string{"location", "street", "siteaddress", "place"}}, leadID, customerID,
		{"starts_at", []string{"start", "startat", "starttime", "startdate", "scheduledat", "scheduledfor", "scheduledtime", "scheduleddate", "datetime", "appointmentdate", "appointmenttime", "appointmentat", "date", "when"}},
		{"ends_at", []string{"end", "endat", "endtime", "enddate", "finish", "finishat"}},
		{"minutes", []string{"duration", "durationminutes", "durationmin", "length", "lengthminutes"}},
		{"cancelled_at", []string{"canceledat", "cancelled", "canceled"}}, {"cancel_reason", []string{"cancellationreason", "reason"}}, createdAt, updatedAt,
	}, readAppointment},
	{"quotes", []string{"quote", "estimates", "estimate", "proposals", "proposal", "bids"}, []field{
		{"number", []string{"quotenumber", "quoteno", "estimatenumber", "proposalnumber", "reference", "ref", "no"}},
		{"status", []string{"quotestatus", "state"}}, {"title", []string{"subject", "description", "name", "summary"}}, notes, customerID, leadID,
		{"subtotal", []string{"subtotalcents", "subtotalamount", "netamount", "net"}}, {"discount", []string{"discountcents", "discountamount"}},
		{"tax", []string{"taxcents", "taxamount", "salestax"}},
		{"total", []string{"totalcents", "totalamount", "totalprice", "grandtotal", "amount", "price", "quoteamount", "quotetotal"}},
		{"valid_until", []string{"validto", "expiresat", "expires", "expirationdate", "expirydate", "expiration", "validthrough"}},
		{"sent_at", []string{"sent", "senton", "sentdate", "datesent", "emailedat"}},
		{"decided_at", []string{"acceptedat", "approvedat", "signedat", "acceptedon", "declinedat", "rejectedat"}}, createdAt,
	}, readQuote},
	{"roi_calculations", []string{"roicalculation", "roicalculations", "roi", "roicalcs"}, []field{
		{"kind", []string{"type", "calculationtype", "roitype"}}, {"title", []string{"name", "description", "label"}}, customerID, quoteID,
		{"inputs", []string{"input", "parameters", "params", "inputdata"}}, {"assumptions", []string{"assumption"}},
		{"outputs", []string{"output", "results", "result", "outputdata", "resultdata"}},
		{"invested", []string{"investedcents", "investment", "initialcost", "initialinvestment", "fencecost", "cost", "installcost", "totalcost"}},
		{"return_pct", []string{"roi", "roipercent", "roipercentage", "roipct", "returnpercent"}},
		{"payback_years", []string{"payback", "paybackperiod", "paybackperiodyears"}}, createdAt,
	}, readROI},
	{"pricing_approvals", []string{"pricingapproval", "pricingapprovals", "approvals", "priceapprovals", "approval"}, []field{
		quoteID, {"status", []string{"decision", "approvalstatus", "state"}}, {"metric", []string{"type", "approvaltype", "rule"}},
		{"discount", []string{"discountpercent", "discountpct", "discountpercentage", "requesteddiscount"}},
		{"amount", []string{"amountcents", "requestedprice", "requestedamount", "price", "total", "newprice"}}, {"level", []string{"approvallevel", "tier"}},
		{"reason", []string{"justification", "requestreason", "notes", "note", "comments"}}, {"answer", []string{"decisionnote", "approvernotes", "response", "rejectionreason"}},
		{"requested_name", []string{"requestedby", "requester", "salesrep", "rep", "createdby"}}, {"decided_name", []string{"approvedby", "decidedby", "approver", "reviewedby", "manager"}},
		{"requested_at", []string{"created", "createdat", "requestedon", "submittedat", "createdon"}}, {"decided_at", []string{"approvedat", "reviewedat", "decidedon", "respondedat", "resolvedat"}},
	}, readApproval},
}
