# What Porchlight says to people in mails, in the notice of the app and where an app is let in. English is the
# source: a key that another language lacks is said in English.
#
# $place is the name of the server, $name the user name of whom it is for. Links stand on
# lines of their own and are no part of these words. Plain, short, warm; no jargon.

## Times

# How long something lasts: "The link is good for …", "That usually takes …".
span-minutes = { $count ->
    [one] a minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] an hour
   *[other] { $count } hours
}
span-days = { $count ->
    [one] a day
   *[other] { $count } days
}
span-weeks = { $count ->
    [one] a week
   *[other] { $count } weeks
}
span-months = some months
usual-wait = That usually takes { $span }.
# A day in the calendar: 7 March 2026.
day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

## Every mail

hello = Hello { $name },
hello-nobody = Hello,

## Confirm an address

confirm-address-subject = Confirm your address for { $place }
confirm-address-asked = somebody, you we hope, asked to join { $place } with this address. Please confirm that it is yours.
confirm-address-link = Confirm this address
confirm-address-good-for = The link is good for { $span }.
confirm-address-review = After that, a person here reads your application and writes back. Until then you can set up your profile and write drafts.
confirm-address-not-you = If it was not you, do nothing: without the link, nothing comes of it.

new-address-subject = Confirm your new address for { $place }
new-address-asked = somebody, you we hope, wants { $place } to write to this address from now on. Please confirm that it is yours.
new-address-link = Use this address
new-address-good-for = The link is good for { $span }. Until you follow it, everything stays as it is.
new-address-not-you = If it was not you, do nothing: without the link, nothing comes of it.

address-taken-subject = { $place } knows this address already
address-taken-told = somebody, perhaps you, tried to join { $place } with this address. But it already belongs to somebody here: you. If that is an application whose time is over, sign in and erase it; then you can apply again.
address-taken-sign-in = Sign in
address-taken-reset = Choose a new password, if you no longer know yours
address-taken-not-you = If it was not you, there is nothing to do. The person at the form was told nothing about you.

## An application on its way

received-subject = Your application to { $place } has arrived
received-told = your address is confirmed, and your application to { $place } is in. A person reads it and decides; no machine does.
received-in-line = So many people applied lately that it waits in line first.
received-then = You get a mail as soon as it is decided, or when somebody has a question. Until then you can set up your profile and write drafts.
received-link = Where it stands
received-open = your address is confirmed, and one thing is left: some questions of { $place } are still open. A person reads your application once you have answered them.
received-open-link = Answer the questions

end-near-subject = Your application to { $place } ends in { $days ->
    [one] a day
   *[other] { $days } days
}
end-near-pending = nobody has decided about your application to { $place } yet. In { $days ->
    [one] a day
   *[other] { $days } days
} it ends by itself. We are sorry. You need not do anything; if it ends, you can take along what you wrote, or apply again.
end-near-asked = your application to { $place } waits for your answer. Without one it ends by itself in { $days ->
    [one] a day
   *[other] { $days } days
}.
end-near-link = Your application
end-near-answer = Answer now

ended-subject = Your application to { $place } has ended
ended-pending = nobody decided about your application to { $place } in time, so it has ended. That was not your doing, and we are sorry.
ended-asked = your application to { $place } waited for your answer. None came, so it has ended.
ended-kept = For { $days ->
    [one] a day
   *[other] { $days } days
} you can still sign in and take along what you wrote; then it is erased. You are welcome to apply again: sign in and erase this one there first.
ended-link = What you wrote

withdrawn-subject = Your application to { $place } is withdrawn
withdrawn-told = you took your application to { $place } back. What you wrote, your profile and your drafts are erased, and so is this address, now that this mail is sent.
withdrawn-not-you = If it was not you, somebody else knows your password. Choose another one wherever you use it.
withdrawn-link = If you change your mind

appeal-received-subject = We look at your application to { $place } again
appeal-received-told = you asked us to look again. Your application to { $place } waits once more, with what you wrote beside it. The next decision is the last one.
appeal-received-link = Where it stands

## Another address

address-changed-subject = Your new address at { $place }
address-changed-told = from now on { $place } writes to this address, and you can sign in with it.
address-changed-not-you = If it was not you, choose another password at once, and tell the people who run this place.
address-changed-link = Choose another password

address-left-subject = Your address at { $place } was changed
address-left-told = somebody, you we hope, confirmed another address for your account at { $place }. This is the last mail that comes to this one.
address-left-not-you = If it was not you, somebody else knows your password. Tell the people who run this place at once.
address-left-link = Who runs this place

## While somebody waits

question-subject = A question about your application to { $place }
question-asked = whoever reads your application to { $place } has a question:
question-how = You can answer on the page below, or by a reply to the notice in your app.
question-link = Answer
question-then = Your application goes on as soon as you have answered. Without an answer it ends after { $days ->
    [one] a day
   *[other] { $days } days
}.

put-off-subject = Your application to { $place } takes a little longer
put-off-told = your application to { $place } was read, and whoever read it would like to take more time: up to { $days ->
    [one] a day
   *[other] { $days } days
}. You need not do anything. Your profile and your drafts are where you left them.
put-off-link = Your application

still-waiting-subject = Your application to { $place } still waits
still-waiting-told = for { $weeks ->
    [one] a week
   *[other] { $weeks } weeks
} you have been waiting at the door of { $place }, and nobody has answered yet. We are sorry: that is not how it should be.
still-waiting-ends = Your application stands as it is for { $days ->
    [one] one more day
   *[other] { $days } more days
}. Then it ends by itself, and you may take what you wrote along, or apply again.
still-waiting-link = Where it stands

## Decisions

approved-subject = Welcome to { $place }
approved-told = the door is open: you are now a member of { $place }. Welcome!
approved-words = Whoever read your application writes:
approved-drafts = { $count ->
    [one] Your draft is where you left it. Nothing was published; that is up to you.
   *[other] Your { $count } drafts are where you left them. Nothing was published; that is up to you.
}
approved-link = Come in

rejected-subject = About your application to { $place }
rejected-told = thank you for asking to join { $place }. We read your application, and the answer is no this time.
rejected-words = Whoever read it writes:
rejected-kept = What you wrote is yours. For { $days ->
    [one] a day
   *[other] { $days } days
} you can still sign in and take it with you; then it is erased.
rejected-link = What you wrote
rejected-appeal = You may ask us once to look at it again, on the same page.
rejected-last = You had asked for a second look; this decision is the last one.
rejected-others = There are many other places like this one. We hope you find yours.

taken-back-subject = Your application to { $place } is open again
taken-back-told = we told you that your application to { $place } was decided. That decision was taken back: a person looks at it again.
taken-back-kept = Your profile and what you wrote are kept as drafts, and nobody but you and those who decide can see them for now.
taken-back-link = How it goes on

## Passwords and the first key

password-reset-subject = A new password for { $place }
password-reset-asked = somebody, you we hope, asked for a new password at { $place }.
password-reset-link = Choose a new password
password-reset-good-for = The link works once and is good for { $span }.
password-reset-not-you = If it was not you, do nothing: your password stays as it is.

password-changed-subject = Your password at { $place } was changed
password-changed-told = your password at { $place } was changed just now. Everybody who was signed in as you elsewhere, and every app, has to sign in again.
password-changed-you = If it was you, there is nothing to do.
password-changed-not-you = If it was not you, choose another password at once, and tell the people who run this place.
password-changed-link = Choose another password

factor-changed-subject = How you sign in at { $place } was changed
factor-changed-told = something about how you sign in at { $place } was changed just now.
factor-changed-app-set = An app now makes the codes that we ask for.
factor-changed-app-removed = The app that makes codes was taken away.
factor-changed-passkey-added = A passkey was added.
factor-changed-passkey-removed = A passkey was taken away.
factor-changed-new-codes = New recovery codes were made; the old ones are void.
factor-changed-code-used = A recovery code was used to sign in.
factor-changed-all-removed = The people who run this place took your second factor away.
factor-changed-link = See what is set

owner-link-subject = The key to { $place }
owner-link-told = this is the key to { $place }. Whoever opens the link first becomes its owner and chooses name and password, so do it soon and do not pass it on.
owner-link-link = Become the owner
owner-link-good-for = It works once and is good for { $span }.

## About posts

post-held-subject = A post of yours at { $place } waits for a moment
post-held-told = your post is live at { $place }: whoever follows you here can see it, as far as it is meant for them. Before it goes to other servers, and to people who do not follow you, a person looks first.
post-held-by-hand = Somebody of the staff asked for that.
post-held-probation = The staff of { $place } have not been home for a while, so for now only a few posts a day go to people who do not follow the author.
post-held-large-file = The staff of { $place } have not been home for a while, and your post has a large file; those wait for now.
post-held-first-week = While somebody is new, only so much a day goes to people who do not follow them. It keeps spam from travelling; it says nothing about you.
post-held-waking = You were away for long, and the post brings a link to people who do not follow you. That is what a stolen account would do, so somebody makes sure that it is you.
post-held-nothing-lost = Nothing is lost and there is nothing to do. If more of your posts wait, you see it on each of them; we will not write about every one.
post-held-link = See the post

## To staff

application-received-subject = { $newest } would like to join { $place }
application-answered-subject = { $newest } has answered
application-appealed-subject = { $newest } asks for a second look
application-let-in-subject = { $newest } was let in at { $place }, and is unread
application-news-subject = News about { $count ->
    [one] an application
   *[other] { $count } applications
} to { $place }
application-came = { $newest } would like to join { $place }.
application-answered = { $newest } has answered what was asked.
application-appealed = { $newest } got a no and asks for a second look.
application-let-in = { $newest } came in through the open door; nobody has read yet what they wrote.
application-more = And { $count ->
    [one] one more
   *[other] { $count } more
}.
application-waiting = { $waiting ->
    [one] In all, one person waits for an answer.
   *[other] In all, { $waiting } people wait for an answer.
}
application-unread = { $unread ->
    [one] One person was let in whom nobody has read yet.
   *[other] { $unread } people were let in whom nobody has read yet.
}
application-unread-link = Those who are unread
application-desk = What they wrote, and the buttons, are at the desk.
application-link = To the desk

act-held-subject = { $who } does much at once at { $place }
act-held-told = { $who } turned down, suspended or blocked so much within an hour that what comes beyond waits for twelve hours:
act-held-somebody = somebody who is gone
act-held-reject = Turn { $whom } down
act-held-reject-many = { $number ->
    [one] Turn one person down
   *[other] Turn { $number } people down
}
act-held-suspend = Suspend { $whom }
act-held-delete = Delete { $whom }
act-held-disable = Switch the login of { $whom } off
act-held-cut = { $number ->
    [one] Cut the branch of { $whom }, one person
   *[other] Cut the branch of { $whom }, { $number } people
}
act-held-list = { $number ->
    [one] Lay a list of one line
   *[other] Lay a list of { $number } lines
}
act-held-server = Keep out the server { $whom }
act-held-other = Do something to { $whom }
act-held-right = If that is right, there is nothing to do. If not, an admin can stop it.
act-held-link = See what waits

author-woke-subject = { $who } was away for long, and writes to strangers
author-woke-told = { $who } had posted nothing for a month or more, and now brings links to people who do not follow them. It may be their way of coming home, or somebody else with their password. What they wrote is live here; it has not gone out.
author-woke-look = Please look, and let it go if it is right. What nobody has looked at goes out by itself after two days.
author-woke-link = See what waits

week-subject = The week at the door of { $place }
week-told = this is what was decided at the door of { $place } in the last week:
week-line = { $who }: { $approved } let in, { $rejected } turned down
week-line-suspended = { $who }: { $approved } let in, { $rejected } turned down; of those let in before, { $suspended } suspended since

test-subject = A test from { $place }
test-told = this mail was sent because somebody, you we hope, pressed “Send me a test mail” at the desk. If you can read it, the mail of { $place } works.
test-link = Mail at the desk

## Whether somebody is home: to those who look after the place

# A moment on somebody's clock: 7 March 2026, 15:05 (Europe/Berlin).
moment = { $day }, { $time } ({ $zone })

switch-first-subject = Still there?
switch-second-subject = Still there? { $place } will soon be guarded
switch-guarded-subject = The door of { $place } is guarded
switch-sealed-subject = The door of { $place } is sealed
switch-over-subject = Somebody is back at { $place }

switch-unseen = Nobody who looks after { $place } has been seen since { $seen }. Reading along and posting do not count, only what is done on purpose.
switch-unseen-ever = Nobody who looks after { $place } has been seen yet. Reading along and posting do not count, only what is done on purpose.
switch-guard-comes = If it stays so, the door is guarded from { $when } on: everybody who would like to join waits for a person, and so does some of what newer members send to strangers. Nobody loses anything by it.
switch-was-off = { $place } was switched off from { $from } until { $until }; nobody could be seen in that time, and the clock went on.
switch-guarded-unseen = Nobody who looks after { $place } has been seen since { $seen }, so the door is guarded now.
switch-guarded-never = Nobody who looks after { $place } has been seen yet, so the door is guarded now.
switch-guarded-waits = Somebody has waited too long for an answer from { $place }, so the door is guarded now.
switch-guarded-nobody = Nobody at { $place } has a role that looks after the door, so it is guarded now.
switch-guarded-means = Everybody who would like to join waits for a person, and so does some of what newer members send to strangers. Nothing is lost, and no machine decides about anybody.
switch-seal-comes = If nobody comes, the door is sealed on { $when }, at the earliest.
switch-sealed-told = Still nobody came, so the door of { $place } is sealed now.
switch-sealed-means = Nobody can apply, invites rest, and for those who wait the time stands still. Nothing else changes for members.
switch-distress-comes = If nobody comes, all members are told on { $when }, at the earliest, and how they can take their things and move.
switch-over-by = { $who } is back, and the door of { $place } stands again as it was set. What still waits is at the desk.
switch-over-told = The door of { $place } stands again as it was set. What still waits is at the desk.

switch-here-told = If you are there, say so:
switch-here-link = I'm here
switch-here-good-for = It asks for no password. It works once, within { $span }.
switch-here-sign-in = You said so by mail alone twice in a row, so this time it asks you to sign in. It works once, within { $span }.
switch-other-ways = Whatever you do at the desk says the same; so does a favourite for the post that { $place } has sent you.
switch-stays = That stops the clock. The door stays as it is until you have seen what happened meanwhile:
switch-away-link = While you were away
switch-desk-link = The desk
switch-contact = You read this because this is the contact address of { $place }.

switch-post-answer = Favourite this post or answer it, and I know that you are there.
switch-post-away = What happened meanwhile:

seen-subject = You were seen at { $place }
seen-told = this is what { $place } saw you do in the last week, as one of those who look after it:
seen-acts = { $count ->
    [one] one act at the desk
   *[other] { $count } acts at the desk
}
seen-by-app = { $count ->
    [one] one act by an app of yours
   *[other] { $count } acts by an app of yours
}
seen-check-ins = { $count ->
    [one] you checked in once
   *[other] you checked in { $count } times
}
seen-visits = { $count ->
    [one] you looked at the queue once
   *[other] you looked at the queue { $count } times
}
seen-last = The last time was { $last }.
seen-not-you = If that was you, there is nothing to do. If not, end the sessions that you do not know and choose another password.
seen-link = Your sessions
## While nobody is home

sealed-subject = Your application to { $place } stays as it is
sealed-told = nobody has looked after the door of { $place } for a while, so nobody is taken in at the moment.
sealed-kept = Your application stays as it is. Its time stands still, so it does not run out meanwhile, and you need do nothing. Should you not want to wait, you can take it back.
sealed-link = Your application

distress-subject = Nobody has looked after { $place } for a long time
distress-told = nobody who looks after { $place } has been here for a long time. We do not know why.
distress-works = For now everything works as usual: you can sign in, read and post. But nobody reads reports, nobody new is taken in, and if something breaks, nobody may be there to mend it.
distress-leave = You need nobody’s leave to take along what is yours, or to move to another server with your followers. It is best done while this server runs.
distress-export = Take along what is yours
distress-move = Move to another server
distress-contact = If you know who looks after this place, tell them that they are missed.
distress-about = Who that is
distress-yours = You are one of those who look after it. Whenever you can: what happened meanwhile is on one page, and what you do there ends this.

back-subject = Somebody is back at { $place }
back-told = you have waited for a long time, and we are sorry: nobody was at the door of { $place }. Now somebody is back and reads your application within { $days ->
    [one] a day
   *[other] { $days } days
}. You need do nothing.
back-link = Your application

absence-ends-subject = Your absence from { $place } is over soon
absence-ends-told = you said that you would be away from { $place } until { $day }. This is the reminder for it; there was no other mail about it meanwhile.
absence-ends-then = From then on the door is as it was before. If none of you is back by then, it closes step by step, as always when nobody is home.
absence-ends-link = See how things stand

deputy-named-subject = You are a deputy at { $place }
deputy-named-told = an admin of { $place } trusts you to stand in if none of them is there for a long time. You get a mail then, and can answer those who wait at the door and slow down those who do harm.
deputy-named-quiet = Until then you need do nothing, and nobody is shown that you are a deputy. Please keep it to yourself: it is best if nobody knows. If you would rather not, tell an admin.
deputy-named-link = Who they are

deputy-called-subject = { $place } needs you
deputy-called-told = nobody who looks after { $place } has been able to do so for a while, and an admin named you to stand in.
deputy-called-may = Sign out and in again, then open the page below. There you can answer those who wait at the door, and slow down accounts and servers that do harm. All of it can be taken back. You need not do everything, and you need not do it alone.
deputy-called-link = Stand in

heir-offered-subject = Would you be the heir of { $place }?
heir-offered-told = { $who }, an owner of { $place }, asks you to be its heir: the place goes to you if nobody who looks after it comes back for very long.
heir-offered-means = Today it changes nothing. If you say yes, you are shown a letter with a code, once. It opens when nobody has been there for so long that all members were told, and 60 days more. Then all members hear of it, and 14 days later you are an owner. Whenever one of the owners or admins is there before, it stops.
heir-offered-quiet = You may say no, and you can give it up at any time. Please keep it to yourself: until the letter is opened nobody else is shown it. The question stands until { $day }.
heir-offered-link = Say yes or no

heir-notice-subject = { $place } goes to a new owner on { $day }
heir-notice-told = nobody who looks after { $place } has been here for a long time. An owner once named an heir for this: { $who }. They have opened the letter that they were given, and become an owner of { $place } on { $day }.
heir-notice-works = You need do nothing. Everything stays as it is, and from then on there is somebody again who can read reports, let people in and mend what breaks.
heir-notice-stops = If an owner or admin comes back before, it does not come to that. If you know one of them, tell them.
heir-notice-profile = Who that is
heir-notice-leave = If you would rather leave: you need nobody’s leave to take along what is yours, or to move with your followers.
heir-notice-runs = If you are there, sign in and open the page below: being seen is enough, and it stops. If you do nothing, you keep your role, and the place has one owner more.
heir-notice-helps = An owner or admin who is seen stops it. If you know one of them, tell them. If nobody comes back, you keep your role.
heir-notice-contact = An owner or admin who signs in and opens the desk stops it. This mail went to the contact address of { $place }.
heir-notice-away = While you were away
heir-notice-own = How it stands, and giving it up
heir-notice-yours = you opened the letter: you ({ $who }) become an owner of { $place } on { $day }. All members are being told. If it was not you, sign in, change your password and give it up on the page “The heir”.
heir-notice-yours-then = If an owner or admin comes back before, it stops, and you hear of it. If the server is off for long meanwhile, it is a little later.

heir-stopped-subject = { $place } stays in its hands
heir-stopped-told = { $who } does not become an owner of { $place }: the notice is over.
heir-stopped-back = One of the owners or admins was there, or the door stands again as it was set.
heir-stopped-stays = The heir stays named, and the letter stays good. It opens again after 60 days in which all of them are away.
heir-stopped-taken = An owner took it back, and the letter is void.
heir-stopped-void = { $who } is not the heir any more, and the letter is void.
heir-stopped-link = How the door stands

heir-succeeded-subject = { $place } has a new owner
heir-succeeded-told = nobody came back to { $place }, and the notice has run out: { $who }, the heir, is an owner now.
heir-succeeded-yours = nobody came back to { $place }, and the notice has run out: you are an owner now. Thank you for taking it on. The page below shows what happened and who waits, and there you give the door back to what it was.
heir-succeeded-factor = Set a second factor within seven days, under Settings: without it the rights of an owner sleep.
heir-succeeded-roles = Whoever had a role has it still. Nothing else was changed.

## The notice above the drafts in the app

notice-somebody = A person
notice-or = { $names } or { $last }
notice-put-off = it was put off until { $day } and is not forgotten.
notice-stands = nobody has looked after the door for a while, so it takes longer. Its time stands still meanwhile: it does not run out.
notice-being-read = somebody has begun to read it.
notice-confirmed = { $readers } will read it.
notice-drafts = { $count ->
    [0] What you post meanwhile is kept as a draft that only you and they can see.
    [one] Your draft below is seen by you and them alone.
   *[other] Your { $count } drafts below are seen by you and them alone.
}
notice-waiting = You are on the porch of { $place }. Your application of { $day } is waiting: { $step }
notice-appealed = You are on the porch of { $place }. Your application, with your appeal, is waiting: { $step }
notice-profile = You can fill in your profile, too.
notice-asked = The people who read applications at { $place } ask you:
notice-how = Reply to this post to answer. Only the people who read applications see it.
notice-also-open = Questions of the form are open, too: { $questions }. Please answer on the page of this post.
notice-one-open = One question of { $place } is still open: { $question }
notice-open = Some questions of { $place } are still open: { $questions }. Please answer on the page of this post.
notice-quote = “{ $words }”

## Letting an app in

sign-in-title = Sign in
sign-in-for-app = { $app } would like to use your account. Sign in first; you decide on the next page.
sign-in-login = Email address or name
sign-in-password = Password
sign-in-button = Sign in
sign-in-forgot = Forgot your password?
sign-in-apply = Not from here yet? Apply to join.

consent-title = Let an app in
consent-may = May { $app } act for you?
consent-wants = It would like to
consent-heavy = Staff powers
consent-home = It says that its home is here:
consent-then-host = Afterwards you go to { $host }.
consent-then-code = Afterwards we show a code for it.
consent-take-back = You can take this back any time:
consent-apps = Settings, Apps
consent-allow = Allow
consent-deny = No, thank you
consent-not-you = Not you? Sign out first, by the menu.
consent-code-title = Your code
consent-code = Your code for { $app }
consent-code-copy = Copy this into the app. It works once, for ten minutes. Give it to nobody else.
consent-some-app = the app

scope-read = See everything that you can see, your settings and messages too
scope-profile = See your name and profile, and nothing else
scope-write = Do everything that you can do: post, delete, follow, change your profile
scope-follow = See and change whom you follow, mute and block
scope-push = Send you notifications
scope-admin-read = See all that staff can see, addresses and networks too
scope-admin-write = Act as staff: decide applications, limit and suspend accounts
scope-read-accounts = See accounts, yours too
scope-read-blocks = See whom you block
scope-read-bookmarks = See your bookmarks
scope-read-collections = See your collections
scope-read-favourites = See what you favourited
scope-read-filters = See your filters
scope-read-follows = See whom you follow
scope-read-lists = See your lists
scope-read-mutes = See whom you mute
scope-read-notifications = See your notifications
scope-read-search = Search for you
scope-read-statuses = See posts, those meant for you too
scope-write-accounts = Change your profile
scope-write-blocks = Block for you
scope-write-bookmarks = Change your bookmarks
scope-write-collections = Change your collections
scope-write-conversations = Mute and delete conversations
scope-write-favourites = Favourite posts
scope-write-filters = Change your filters
scope-write-follows = Follow and unfollow for you
scope-write-lists = Change your lists
scope-write-media = Upload pictures and other files
scope-write-mutes = Mute for you
scope-write-notifications = Clear your notifications
scope-write-reports = Report others
scope-write-statuses = Post, and delete what you posted
scope-admin-read-part = See a part of what staff can see
scope-admin-write-part = Do a part of what staff can do
scope-other = Use another part of your account

## What is refused to an app, word for word as the code says it

refused-account-moved = This account has moved. Take the move back in the settings to take part here again.
refused-application = Your application was not accepted
refused-applicant-file = An answer to the people who read applications is text alone.
refused-blank = Validation failed: Text can't be blank
refused-boost-gone = The boost was taken back at the same moment. Please try again.
refused-broken = Something went wrong on our side. It has been logged.
refused-busy = This server has more to do than it can just now. Please try again in a few seconds.
refused-changed = Conflict during update, please try again
refused-client-only = This method requires a client credentials token
refused-damaged-picture = The picture cannot be read; the file may be damaged.
refused-deleted = It was deleted
refused-disabled = Your login is currently disabled
refused-file-in-use = The file belongs to a post. It goes when the post does.
refused-file-too-large = The file is too large.
refused-fresh-sign-in = Please sign out and in once more first: this needs a fresh sign-in.
refused-no-picture = This is not a picture that we can take: JPEG, PNG, GIF or WebP, please.
refused-no-quotes = Quoting is not offered here yet.
refused-no-schedule = Posts cannot be scheduled here yet. Leave the time out to post now.
refused-no-thread = This post has no thread that could be muted.
refused-not-allowed = This action is not allowed
refused-not-found = Record not found
refused-others-file = One of the files cannot be attached: it is not yours, or another post has it already.
refused-pending = Your login is currently pending approval
refused-pictures-busy = Many pictures are being uploaded right now. Please try again in a moment.
refused-pin-kind = Validation failed: Boosts and posts for those mentioned alone cannot be pinned
refused-pin-many = Validation failed: You have already pinned the maximum number of posts
refused-pin-others = Validation failed: Someone else's post cannot be pinned
refused-remote-busy = Too many questions to other servers. Try again in a minute.
refused-report-self = Validation failed: You cannot report yourself
refused-scopes = This action is outside the authorized scopes
refused-second-factor = Set a second factor first: without one, the rights of staff sleep. The settings have a page for it.
refused-sign-in = Please sign in first
refused-sign-in-busy = Many people are signing in right now. Please try again in a moment.
refused-token = The access token is invalid
refused-too-long = Validation failed: Text character limit of 500 exceeded
refused-too-many = Too many requests. Please wait a moment and try again.
refused-unconfirmed = Your login is missing a confirmed e-mail address
refused-uploads-used-up = This account can upload 20 MB a day at the moment, and that is used up. Please try again tomorrow, or with a smaller file.
refused-user-only = This method requires an authenticated user
