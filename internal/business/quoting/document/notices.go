package document

// The notice of cancellation in the words of 16 CFR 429.1(b); the seller and the last day are filled in.
const (
	noticeCancel = "You may CANCEL this transaction, without any Penalty or Obligation, within THREE BUSINESS DAYS from the above date."
	noticeReturn = "If you cancel, any property traded in, any payments made by you under the contract or sale, and any negotiable " +
		"instrument executed by you will be returned within TEN BUSINESS DAYS following receipt by the seller of your " +
		"cancellation notice, and any security interest arising out of the transaction will be cancelled."
	noticeGoods = "If you cancel, you must make available to the seller at your residence, in substantially as good condition as " +
		"when received, any goods delivered to you under this contract or sale, or you may, if you wish, comply with the " +
		"instructions of the seller regarding the return shipment of the goods at the seller's expense and risk."
	noticePickUp = "If you do make the goods available to the seller and the seller does not pick them up within 20 days of the date " +
		"of your Notice of Cancellation, you may retain or dispose of the goods without any further obligation. If you fail " +
		"to make the goods available to the seller, or if you agree to return the goods to the seller and fail to do so, " +
		"then you remain liable for performance of all obligations under the contract."
	noticeMail = "To cancel this transaction, mail or deliver a signed and dated copy of this Cancellation Notice or any other " +
		"written notice, or send a telegram, to "
	noticeDeed = "I HEREBY CANCEL THIS TRANSACTION."
)

// notices are two copies of one form on a page, one to send and one to keep, with a line to cut along.
func (s *sheet) notices(v Version, sale Day) {
	last, ok := LastDayToCancel(sale)
	if !ok {
		return
	}
	s.page()
	s.y += 4
	s.notice(v, sale, last)
	cut := max(pageHeight/2, s.y+10)
	s.pdf.SetDrawColor(inkSoft, inkSoft, inkSoft)
	s.pdf.SetLineWidth(0.7)
	s.pdf.SetDashPattern([]float64{4, 4}, 0)
	s.pdf.Line(0, cut, pageWidth, cut)
	s.pdf.SetDashPattern([]float64{}, 0)
	s.y = cut + 18
	s.notice(v, sale, last)
}

// notice is in bold type of 10 points throughout, as the rule asks.
func (s *sheet) notice(v Version, sale, last Day) {
	const size, lead, gap = 10.0, 11.8, 4.0
	s.write(leftEdge, s.y+11, bold, 13, "Notice of cancellation")
	s.writeRight(rightEdge, s.y+11, bold, size, "Date of transaction: "+sale.String())
	s.y += 22
	seller := v.Organization.Name
	if at := v.Organization.Address.String(); at != "" {
		seller += ", at " + at
	}
	for _, text := range [...]string{
		noticeCancel, noticeReturn, noticeGoods, noticePickUp,
		noticeMail + seller + ", NOT LATER THAN MIDNIGHT OF " + last.String() + ".",
		noticeDeed,
	} {
		for _, line := range s.wrap(bold, size, fullWidth, text) {
			s.write(leftEdge, s.y+8.5, bold, size, line)
			s.y += lead
		}
		s.y += gap
	}
	s.y += 16
	s.line(leftEdge, leftEdge+150, "Date")
	s.line(leftEdge+170, rightEdge, "Buyer's signature ("+v.Customer.Name+", "+v.title()+")")
	s.y += 14
}
