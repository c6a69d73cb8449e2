package quotes

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// save keeps the draft.
func (h *Handlers) save(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	v, err := h.read(r)
	if err != nil {
		return err
	}
	if _, err := h.keep(r, v, version); err != nil {
		return h.refused(w, r, v, err)
	}
	shell.Notify(w, "The draft is saved.", nil)
	return shell.SeeOther(w, r, v.path())
}

// keep saves what was typed, when it differs from what is saved, and answers the version of the record to go on with.
func (h *Handlers) keep(r *http.Request, v record, version int) (int, error) {
	form := formFrom(r.PostForm, v.CostsSeen)
	in, err := form.input(version)
	if err != nil {
		return 0, err
	}
	if draft := v.Draft(); draft != nil && version == v.Quote.Version {
		was := formOf(draft, v.CostsSeen)
		saved, err := was.input(version)
		if err == nil && !changed(saved, in) {
			return version, nil
		}
	}
	made, err := h.Quotes.EditDraft(r.Context(), step(caller.Of(r).Actor, "edit"), v.Quote.ID, in)
	return made.Version, err
}

// refused answers a form that was not carried out: with the form again, or with both versions side by side.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v record, err error) error {
	stale := fault.As(err).Code == fault.CodeStale
	if !fault.Is(err, fault.Invalid) && !stale {
		return err
	}
	now, readErr := h.read(r)
	if readErr != nil {
		return errors.Join(readErr, err)
	}
	if now.Draft() == nil {
		return err
	}
	if stale {
		return h.conflict(w, r, now)
	}
	now.Form = formFrom(r.PostForm, now.CostsSeen)
	now.Form.Problems = problemsOf(err)
	return h.Pages.Show(w, r, failed(now.page()), recordPage(now))
}

// conflict sets both versions of a draft side by side. Nothing was overwritten.
func (h *Handlers) conflict(w http.ResponseWriter, r *http.Request, v record) error {
	c := kit.Conflict{Noun: "draft", Action: v.path(), Theirs: int64(v.Quote.Version), Keep: v.path()}
	shell.Blame(&c, caller.Of(r).Actor, v.Timeline)
	hers := formOf(v.V, v.CostsSeen)
	var names []string
	for name := range r.PostForm {
		names = append(names, name)
	}
	for name := range hers.Values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if mine := plain(r.PostForm, name); strings.HasPrefix(name, "settings/") || strings.HasPrefix(name, "extras/") || strings.HasPrefix(name, "answers/") {
			c.Compare(nil, kit.Difference{Name: name, Label: conflictLabel(name), Yours: mine, Hers: plain(hers.Values, name)})
		}
	}
	p := below("Two people changed this draft", v.Quote.Number, v.path())
	p.Status = http.StatusPreconditionFailed
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

func plain(v url.Values, name string) string { return strings.ReplaceAll(v.Get(name), "\r\n", "\n") }

func conflictLabel(name string) string {
	parts := strings.Split(name, "/")
	word := strings.ReplaceAll(parts[len(parts)-1], "_", " ")
	if parts[0] == "extras" && len(parts) == 3 {
		return fmt.Sprintf("Extra %s: %s", parts[1], word)
	}
	if parts[0] == "answers" {
		return "Answer: " + word
	}
	return upper(word)
}

// send keeps the draft and sends it, or makes it final and shows a link to copy.
func (h *Handlers) send(w http.ResponseWriter, r *http.Request) error {
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	v, err := h.read(r)
	if err != nil {
		return err
	}
	if version, err = h.keep(r, v, version); err != nil {
		return h.refused(w, r, v, err)
	}
	in, places := sendInput(r.PostForm, version)
	sent, err := h.Quotes.Send(r.Context(), step(caller.Of(r).Actor, "send"), v.Quote.ID, in)
	switch {
	case err != nil && fault.As(err).Code == "already-done": // pressed twice
		return shell.SeeOther(w, r, v.path())
	case err != nil:
		return h.refused(w, r, v, placed(err, places))
	case in.CopyLink:
		return h.showLink(w, r, v, sent.Links[len(sent.Links)-1])
	}
	shell.Notify(w, "Sent to "+addresses(in.Recipients)+".", nil)
	return shell.SeeOther(w, r, v.path())
}

// sendInput reads to whom a quote goes; places are the rows of the form that the recipients stand in.
func sendInput(f url.Values, version int) (in quoting.SendInput, places []int) {
	in = quoting.SendInput{Version: version, CopyLink: f.Get("do") == "copy"}
	if in.CopyLink {
		return in, nil
	}
	for i := range mostRecipients {
		to := quoting.Recipient{Name: strings.TrimSpace(f.Get(recipientAt(i) + "name")), Email: strings.TrimSpace(f.Get(recipientAt(i) + "email"))}
		if i == 0 || to.Email != "" {
			in.Recipients, places = append(in.Recipients, to), append(places, i)
		}
	}
	return in, places
}

// placed moves problems of recipients to the rows they were typed in, in words of the field.
func placed(err error, places []int) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	var p fault.Problems
	for _, field := range f.Fields {
		for i, place := range places {
			if rest, in := strings.CutPrefix(field.Pointer, fmt.Sprintf("/recipients/%d/", i)); in {
				field.Pointer = "/" + recipientAt(place) + rest
				if rest == "email" && strings.HasPrefix(field.Message, "is not") {
					field.Message = "Enter an e-mail address, like dana@example.com, or copy a link instead."
				}
			}
		}
		p.Add(field.Pointer, "%s", field.Message)
	}
	return p.Err()
}

func addresses(to []quoting.Recipient) string {
	all := make([]string, len(to))
	for i, r := range to {
		all[i] = r.Email
	}
	return strings.Join(all, ", ")
}

// showLink shows a secret address, this once.
func (h *Handlers) showLink(w http.ResponseWriter, r *http.Request, v record, link quoting.OpenedLink) error {
	return h.Pages.Show(w, r, below("Link to "+v.Quote.Number, v.Quote.Number, v.path()), linkPage(v, link))
}

func (h *Handlers) copyLink(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r)
	if err != nil {
		return err
	}
	link, err := h.Quotes.CopyLink(r.Context(), v.c.Actor, v.Quote.ID, quoting.CopyLinkInput{RecipientName: r.PostForm.Get("recipient_name")})
	if err != nil {
		return err
	}
	return h.showLink(w, r, v, link)
}

func (h *Handlers) reprice(w http.ResponseWriter, r *http.Request) error {
	return h.press(w, r, func(quote id.ID, version int) error {
		_, err := h.Quotes.Reprice(r.Context(), caller.Of(r).Actor, quote, quoting.RepriceInput{Version: version})
		return err
	}, "The draft has the sketch and the prices of now.")
}

func (h *Handlers) revise(w http.ResponseWriter, r *http.Request) error {
	return h.press(w, r, func(quote id.ID, version int) error {
		_, err := h.Quotes.Revise(r.Context(), caller.Of(r).Actor, quote, quoting.ReviseInput{Version: version})
		return err
	}, "This is a draft. The customer keeps the version before until you send it.")
}

// press carries out a deed of one button.
func (h *Handlers) press(w http.ResponseWriter, r *http.Request, deed func(id.ID, int) error, done string) error {
	quote, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	if err := deed(quote, version); err != nil {
		return err
	}
	shell.Notify(w, done, nil)
	return shell.SeeOther(w, r, Path(quote))
}
