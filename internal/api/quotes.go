package api

import (
	"context"
	"fmt"
	"net/http"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type quotes struct{ Services }

func (s quotes) register(a *API) {
	register(a, route{pattern: "GET /v1/quotes", name: "list-quotes", summary: "List quotes, newest first."},
		needs(tenancy.QuotesRead), s.list)
	register(a, route{pattern: "POST /v1/quotes", name: "create-quote", summary: "Make a quote of a sketch: a draft with one option for each tier, priced now.", status: http.StatusCreated},
		needs(tenancy.QuotesWrite), s.create)
	register(a, route{pattern: "GET /v1/quotes/{id}", name: "get-quote", summary: "Get a quote whole: versions, links, signature, papers, checks."},
		needs(tenancy.QuotesRead), s.get)
	register(a, route{pattern: "PATCH /v1/quotes/{id}", name: "edit-draft", summary: "Change the draft by merge patch. Everything is added up anew."},
		needs(tenancy.QuotesWrite), s.edit)
	s.registerSteps(a)
	register(a, route{pattern: "GET /v1/quotes/{id}/versions/{n}/pdf", name: "get-sent-pdf", summary: "Get the paper of a version as it was sent.", paper: true},
		needs(tenancy.QuotesRead), s.sentPDF)
	register(a, route{pattern: "GET /v1/quotes/{id}/versions/{n}/signed-pdf", name: "get-signed-pdf", summary: "Get the signed copy of a version.", paper: true},
		needs(tenancy.QuotesRead), s.signedPDF)
}

// registerSteps are the steps in a quote's life.
func (s quotes) registerSteps(a *API) {
	register(a, route{pattern: "POST /v1/quotes/{id}/reprice", name: "reprice-draft", summary: "Take sketch and price list into the draft as they are now."},
		needs(tenancy.QuotesWrite), s.reprice)
	register(a, route{
		pattern: "POST /v1/quotes/{id}/send", name: "send-quote", summary: "Freeze the draft and mail each recipient a secret address.",
		more: "The addresses are shown this once. A repeat with the same Idempotency-Key is answered 409, because they were not kept.",
	}, needs(tenancy.QuotesSend), s.send)
	register(a, route{pattern: "POST /v1/quotes/{id}/revise", name: "revise-quote", summary: "Start the next version as a copy. The customer keeps what he has until it is sent."},
		needs(tenancy.QuotesWrite), s.revise)
	register(a, route{pattern: "POST /v1/quotes/{id}/withdraw", name: "withdraw-quote", summary: "Take back the version that the customer has."},
		needs(tenancy.QuotesSend), s.withdraw)
	register(a, route{pattern: "POST /v1/quotes/{id}/extend", name: "extend-quote", summary: "Hold the version that the customer has open for longer."},
		needs(tenancy.QuotesSend), s.extend)
	register(a, route{pattern: "POST /v1/quotes/{id}/discard", name: "discard-draft", summary: "Throw the draft away."},
		needs(tenancy.QuotesWrite), s.discard)
	register(a, route{pattern: "POST /v1/quotes/{id}/links", name: "copy-link", summary: "Make one more secret address of the version that the customer has.", status: http.StatusCreated},
		needs(tenancy.QuotesSend), s.copyLink)
	register(a, route{
		pattern: "POST /v1/quotes/{id}/acceptance", name: "record-acceptance", summary: "Write down an acceptance that was given in another way.",
		more: "It is shown as recorded, not as signed.",
	}, needs(tenancy.QuotesSend), s.recordAcceptance)
}

type listQuotes struct {
	Paging
	Shelf      string   `query:"shelf" enum:"drafts,waiting,expiring,accepted" doc:"Left out: all."`
	CustomerID recordID `query:"customer_id"`
	PropertyID recordID `query:"property_id"`
	Q          string   `query:"q" doc:"A piece of the number, or of the customer's name, phone, e-mail or address."`
}

func (s quotes) list(ctx context.Context, a tenancy.Actor, in *listQuotes) (*answer[pageOf[quoteSummary]], error) {
	page, err := s.Quoting.ListQuotes(ctx, a, quoting.QuoteFilter{
		Shelf: quoting.Shelf(in.Shelf), CustomerID: id.ID(in.CustomerID), PropertyID: id.ID(in.PropertyID), Search: in.Q, After: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, renamed(renamed(err, "/after", "/cursor"), "/search", "/q")
	}
	return &answer[pageOf[quoteSummary]]{pageOf[quoteSummary]{Items: each(page.Quotes, newQuoteSummary), NextCursor: cursorOf(page.Next)}}, nil
}

// quoteChanged is where a quote stands after a step.
type quoteChanged struct {
	ID      id.ID  `json:"id"`
	Number  string `json:"number"`
	N       int    `json:"n" doc:"The version of the offer that was changed."`
	Version int    `json:"version" doc:"Of the record: what the next writer sends as If-Match."`
}

func changedAnswer(c quoting.Changed, err error) (*recordAnswer[quoteChanged], error) {
	if err != nil {
		return nil, err
	}
	return &recordAnswer[quoteChanged]{ETag: etag(c.Version), Body: quoteChanged(c)}, nil
}

type newQuoteBody struct {
	SketchID id.ID `json:"sketch_id"`
}

func (s quotes) create(ctx context.Context, a tenancy.Actor, in *body[newQuoteBody]) (*createdAnswer[quoteChanged], error) {
	made, err := s.Quoting.CreateFromSketch(ctx, a, quoting.CreateFromSketchInput{SketchID: in.Body.SketchID})
	if err != nil {
		return nil, err
	}
	return &createdAnswer[quoteChanged]{Location: "/v1/quotes/" + made.ID.String(), ETag: etag(made.Version), Body: quoteChanged(made)}, nil
}

func (s quotes) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[quote], error) {
	record, err := s.Quoting.GetQuote(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &recordAnswer[quote]{ETag: etag(record.Quote.Version), Body: newQuote(record)}, nil
}

// stepOf is a request for a step that needs no document.
type stepOf struct {
	ByID
	Versioned
}

func (s quotes) reprice(ctx context.Context, a tenancy.Actor, in *stepOf) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return changedAnswer(s.Quoting.Reprice(ctx, a, id.ID(in.ID), quoting.RepriceInput{Version: version}))
}

func (s quotes) revise(ctx context.Context, a tenancy.Actor, in *stepOf) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return changedAnswer(s.Quoting.Revise(ctx, a, id.ID(in.ID), quoting.ReviseInput{Version: version}))
}

func (s quotes) discard(ctx context.Context, a tenancy.Actor, in *stepOf) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return changedAnswer(s.Quoting.Discard(ctx, a, id.ID(in.ID), quoting.DiscardInput{Version: version}))
}

type withdrawBody struct {
	Reason string `json:"reason,omitempty" doc:"For the log; the customer does not read it."`
}

func (s quotes) withdraw(ctx context.Context, a tenancy.Actor, in *changeOf[withdrawBody]) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return changedAnswer(s.Quoting.Withdraw(ctx, a, id.ID(in.ID), quoting.WithdrawInput{Version: version, Reason: in.Body.Reason}))
}

type extendBody struct {
	Days int `json:"days" minimum:"1" maximum:"365" doc:"From today."`
}

func (s quotes) extend(ctx context.Context, a tenancy.Actor, in *changeOf[extendBody]) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return changedAnswer(s.Quoting.Extend(ctx, a, id.ID(in.ID), quoting.ExtendInput{Version: version, Days: in.Body.Days}))
}

type sendBody struct {
	Recipients []recipient       `json:"recipients,omitempty"`
	CopyLink   bool              `json:"copy_link,omitempty" doc:"Also make an address to hand over in another way."`
	Message    string            `json:"message,omitempty" doc:"For the mail; left out: the draft's."`
	Answers    map[string]string `json:"answers,omitempty" doc:"Why a check is fine, by its key; beside those that the draft has."`
}

type recipient struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email"`
}

type sentQuote struct {
	ID      id.ID        `json:"id"`
	Number  string       `json:"number"`
	N       int          `json:"n"`
	Version int          `json:"version"`
	Links   []openedLink `json:"links" doc:"The secret addresses, this once."`
}

type openedLink struct {
	RecipientName  string `json:"recipient_name"`
	RecipientEmail string `json:"recipient_email"`
	URL            string `json:"url"`
}

func newOpenedLink(l quoting.OpenedLink) openedLink { return openedLink(l) }

func (s quotes) send(ctx context.Context, a tenancy.Actor, in *changeOf[sendBody]) (*recordAnswer[sentQuote], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	sent, err := s.Quoting.Send(ctx, a, id.ID(in.ID), quoting.SendInput{
		Version: version, CopyLink: b.CopyLink, Message: b.Message, Answers: b.Answers,
		Recipients: each(b.Recipients, func(r recipient) quoting.Recipient { return quoting.Recipient(r) }),
	})
	if err != nil {
		return nil, err
	}
	return &recordAnswer[sentQuote]{ETag: etag(sent.Version), Body: sentQuote{
		ID: sent.ID, Number: sent.Number, N: sent.N, Version: sent.Version, Links: each(sent.Links, newOpenedLink),
	}}, nil
}

type copyLinkBody struct {
	RecipientName string `json:"recipient_name,omitempty"`
}

type copyLink struct {
	ByID
	Body copyLinkBody
}

func (s quotes) copyLink(ctx context.Context, a tenancy.Actor, in *copyLink) (*answer[openedLink], error) {
	link, err := s.Quoting.CopyLink(ctx, a, id.ID(in.ID), quoting.CopyLinkInput{RecipientName: in.Body.RecipientName})
	if err != nil {
		return nil, err
	}
	return &answer[openedLink]{newOpenedLink(link)}, nil
}

type acceptanceBody struct {
	Option string  `json:"option" doc:"The tier's key."`
	Extras []id.ID `json:"extras,omitempty" doc:"Of the optional lines that were chosen."`
	Name   string  `json:"name" doc:"Who accepted."`
	Note   string  `json:"note" doc:"How it is known, as signed on paper."`
}

func (s quotes) recordAcceptance(ctx context.Context, a tenancy.Actor, in *changeOf[acceptanceBody]) (*recordAnswer[quoteChanged], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	return changedAnswer(s.Quoting.RecordAcceptance(ctx, a, id.ID(in.ID), quoting.RecordAcceptanceInput{
		Choice: quoting.Choice{Option: b.Option, Extras: b.Extras}, Version: version, Name: b.Name, Note: b.Note,
	}))
}

type versionPaper struct {
	ByID
	N int `path:"n" minimum:"1" maximum:"1000000"`
}

// paperAnswer is a PDF.
type paperAnswer struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" doc:"The name of the file."`
	Body        []byte
}

func newPaper(p quoting.Paper, err error) (*paperAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &paperAnswer{ContentType: "application/pdf", Disposition: fmt.Sprintf("attachment; filename=%q", p.Name), Body: p.Bytes}, nil
}

func (s quotes) sentPDF(ctx context.Context, a tenancy.Actor, in *versionPaper) (*paperAnswer, error) {
	return newPaper(s.Quoting.GetSentPDF(ctx, a, id.ID(in.ID), in.N))
}

func (s quotes) signedPDF(ctx context.Context, a tenancy.Actor, in *versionPaper) (*paperAnswer, error) {
	return newPaper(s.Quoting.GetSignedPDF(ctx, a, id.ID(in.ID), in.N))
}
