# Was Porchlight den Leuten in Mails, im Hinweis der App und beim Hereinlassen einer App sagt, auf
# Deutsch: du, kurz, freundlich, ohne Fachwörter. $place ist der Name des Servers, $name der Benutzername.

## Zeiten

# Wie lange etwas dauert: „Der Link gilt …“, „Das dauert meist …“.
span-minutes = { $count ->
    [one] eine Minute
   *[other] { $count } Minuten
}
span-hours = { $count ->
    [one] eine Stunde
   *[other] { $count } Stunden
}
span-days = { $count ->
    [one] einen Tag
   *[other] { $count } Tage
}
span-weeks = { $count ->
    [one] eine Woche
   *[other] { $count } Wochen
}
span-months = einige Monate
usual-wait = Das dauert meist { $span }.
# Ein Tag im Kalender: 7. März 2026.
day = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }

## Jede Mail

hello = Hallo { $name },
hello-nobody = Hallo,

## Eine Adresse bestätigen

confirm-address-subject = Bestätige deine Adresse für { $place }
confirm-address-asked = jemand, hoffentlich du, möchte mit dieser Adresse bei { $place } mitmachen. Bitte bestätige, dass sie dir gehört.
confirm-address-link = Adresse bestätigen
confirm-address-good-for = Der Link gilt { $span }.
confirm-address-review = Danach liest hier ein Mensch deine Bewerbung und antwortet dir. Bis dahin kannst du dein Profil einrichten und Entwürfe schreiben.
confirm-address-not-you = Warst du das nicht, dann tu nichts: Ohne den Link wird nichts daraus.

new-address-subject = Bestätige deine neue Adresse für { $place }
new-address-asked = jemand, hoffentlich du, möchte, dass { $place } von nun an an diese Adresse schreibt. Bitte bestätige, dass sie dir gehört.
new-address-link = Diese Adresse verwenden
new-address-good-for = Der Link gilt { $span }. Bis du ihm folgst, bleibt alles, wie es ist.
new-address-not-you = Warst du das nicht, dann tu nichts: Ohne den Link wird nichts daraus.

address-taken-subject = { $place } kennt diese Adresse schon
address-taken-told = jemand, vielleicht du, wollte mit dieser Adresse bei { $place } mitmachen. Sie gehört hier aber schon jemandem: dir. Ist das eine Bewerbung, deren Zeit um ist, dann melde dich an und lösche sie; danach kannst du dich neu bewerben.
address-taken-sign-in = Anmelden
address-taken-reset = Ein neues Passwort wählen, falls du deines nicht mehr weißt
address-taken-not-you = Warst du das nicht, musst du nichts tun. Wer das Formular ausgefüllt hat, hat nichts über dich erfahren.

## Eine Bewerbung unterwegs

received-subject = Deine Bewerbung bei { $place } ist angekommen
received-told = deine Adresse ist bestätigt, und deine Bewerbung bei { $place } ist da. Ein Mensch liest sie und entscheidet, keine Maschine.
received-in-line = In letzter Zeit haben sich so viele beworben, dass sie erst einmal in der Schlange steht.
received-then = Du bekommst eine Mail, sobald entschieden ist oder jemand eine Frage hat. Bis dahin kannst du dein Profil einrichten und Entwürfe schreiben.
received-link = Wie es darum steht
received-open = deine Adresse ist bestätigt, und eins fehlt noch: Einige Fragen von { $place } sind offen. Sobald du sie beantwortet hast, liest ein Mensch deine Bewerbung.
received-open-link = Die Fragen beantworten

end-near-subject = Deine Bewerbung bei { $place } endet in { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
}
end-near-pending = über deine Bewerbung bei { $place } hat noch niemand entschieden. In { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
} endet sie von selbst. Das tut uns leid. Du musst nichts tun; wenn sie endet, kannst du mitnehmen, was du geschrieben hast, oder dich neu bewerben.
end-near-asked = deine Bewerbung bei { $place } wartet auf deine Antwort. Ohne Antwort endet sie in { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
} von selbst.
end-near-link = Deine Bewerbung
end-near-answer = Jetzt antworten

ended-subject = Deine Bewerbung bei { $place } ist zu Ende
ended-pending = über deine Bewerbung bei { $place } hat niemand rechtzeitig entschieden, darum ist sie zu Ende. Das lag nicht an dir, und es tut uns leid.
ended-asked = deine Bewerbung bei { $place } hat auf deine Antwort gewartet. Es kam keine, darum ist sie zu Ende.
ended-kept = Noch { $days ->
    [one] einen Tag
   *[other] { $days } Tage
} lang kannst du dich anmelden und mitnehmen, was du geschrieben hast; dann wird es gelöscht. Du kannst dich gern neu bewerben: Melde dich an und lösche dort zuerst die alte Bewerbung.
ended-link = Was du geschrieben hast

withdrawn-subject = Deine Bewerbung bei { $place } ist zurückgezogen
withdrawn-told = du hast deine Bewerbung bei { $place } zurückgezogen. Was du geschrieben hast, dein Profil und deine Entwürfe sind gelöscht, und mit dieser Mail auch deine Adresse.
withdrawn-not-you = Warst du das nicht, dann kennt jemand dein Passwort. Wähle überall, wo du es benutzt, ein anderes.
withdrawn-link = Falls du es dir anders überlegst

appeal-received-subject = Wir sehen uns deine Bewerbung bei { $place } noch einmal an
appeal-received-told = du hast uns um einen zweiten Blick gebeten. Deine Bewerbung bei { $place } wartet wieder, und was du geschrieben hast, liegt dabei. Die nächste Entscheidung ist die letzte.
appeal-received-link = Wie es darum steht

## Eine andere Adresse

address-changed-subject = Deine neue Adresse bei { $place }
address-changed-told = von nun an schreibt { $place } an diese Adresse, und du kannst dich mit ihr anmelden.
address-changed-not-you = Warst du das nicht, dann wähle sofort ein anderes Passwort, und sag es den Leuten, die diesen Ort betreiben.
address-changed-link = Anderes Passwort wählen

address-left-subject = Deine Adresse bei { $place } wurde geändert
address-left-told = jemand, hoffentlich du, hat für dein Konto bei { $place } eine andere Adresse bestätigt. Das ist die letzte Mail, die an diese hier geht.
address-left-not-you = Warst du das nicht, dann kennt jemand dein Passwort. Sag es sofort den Leuten, die diesen Ort betreiben.
address-left-link = Wer diesen Ort betreibt

## Während jemand wartet

question-subject = Eine Frage zu deiner Bewerbung bei { $place }
question-asked = wer deine Bewerbung bei { $place } liest, möchte dich etwas fragen:
question-how = Antworte auf der Seite unten, oder antworte in deiner App auf den Hinweis.
question-link = Antworten
question-then = Sobald du geantwortet hast, geht es mit deiner Bewerbung weiter. Ohne Antwort endet sie nach { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
}.

put-off-subject = Deine Bewerbung bei { $place } dauert noch etwas
put-off-told = deine Bewerbung bei { $place } wurde gelesen, und wer sie gelesen hat, möchte sich noch Zeit nehmen: bis zu { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
}. Du musst nichts tun. Dein Profil und deine Entwürfe sind, wo du sie gelassen hast.
put-off-link = Deine Bewerbung

still-waiting-subject = Deine Bewerbung bei { $place } wartet noch
still-waiting-told = seit { $weeks ->
    [one] einer Woche
   *[other] { $weeks } Wochen
} wartest du vor der Tür von { $place }, und niemand hat dir geantwortet. Das tut uns leid: So soll es nicht sein.
still-waiting-ends = Deine Bewerbung bleibt noch { $days ->
    [one] einen Tag
   *[other] { $days } Tage
}, wie sie ist. Dann endet sie von selbst, und du kannst mitnehmen, was du geschrieben hast, oder dich neu bewerben.
still-waiting-link = Wie es darum steht

## Entscheidungen

approved-subject = Willkommen bei { $place }
approved-told = die Tür ist offen: Du gehörst jetzt zu { $place }. Willkommen!
approved-words = Wer deine Bewerbung gelesen hat, schreibt:
approved-drafts = { $count ->
    [one] Dein Entwurf ist, wo du ihn gelassen hast. Veröffentlicht wurde nichts; das entscheidest du.
   *[other] Deine { $count } Entwürfe sind, wo du sie gelassen hast. Veröffentlicht wurde nichts; das entscheidest du.
}
approved-link = Komm herein

rejected-subject = Zu deiner Bewerbung bei { $place }
rejected-told = danke, dass du bei { $place } mitmachen wolltest. Wir haben deine Bewerbung gelesen, und die Antwort ist diesmal nein.
rejected-words = Wer sie gelesen hat, schreibt:
rejected-kept = Was du geschrieben hast, gehört dir. Noch { $days ->
    [one] einen Tag
   *[other] { $days } Tage
} lang kannst du dich anmelden und es mitnehmen; dann wird es gelöscht.
rejected-link = Was du geschrieben hast
rejected-appeal = Einmal kannst du uns um einen zweiten Blick bitten, auf derselben Seite.
rejected-last = Du hattest um einen zweiten Blick gebeten; diese Entscheidung ist die letzte.
rejected-others = Es gibt viele andere Orte wie diesen. Wir hoffen, du findest deinen.

taken-back-subject = Deine Bewerbung bei { $place } ist wieder offen
taken-back-told = wir hatten dir gesagt, dass über deine Bewerbung bei { $place } entschieden ist. Das wurde zurückgenommen: Ein Mensch sieht sie sich noch einmal an.
taken-back-kept = Dein Profil und was du geschrieben hast, sind als Entwürfe aufgehoben. Sehen können sie vorerst nur du und die, die entscheiden.
taken-back-link = Wie es weitergeht

## Passwörter und der erste Schlüssel

password-reset-subject = Ein neues Passwort für { $place }
password-reset-asked = jemand, hoffentlich du, hat bei { $place } um ein neues Passwort gebeten.
password-reset-link = Neues Passwort wählen
password-reset-good-for = Der Link funktioniert einmal und gilt { $span }.
password-reset-not-you = Warst du das nicht, dann tu nichts: Dein Passwort bleibt, wie es ist.

password-changed-subject = Dein Passwort bei { $place } wurde geändert
password-changed-told = dein Passwort bei { $place } wurde eben geändert. Wer anderswo als du angemeldet war, und jede App, muss sich neu anmelden.
password-changed-you = Warst du das, musst du nichts tun.
password-changed-not-you = Warst du das nicht, dann wähle sofort ein anderes Passwort, und sag es den Leuten, die diesen Ort betreiben.
password-changed-link = Anderes Passwort wählen

factor-changed-subject = Wie du dich bei { $place } anmeldest, wurde geändert
factor-changed-told = etwas daran, wie du dich bei { $place } anmeldest, wurde eben geändert.
factor-changed-app-set = Die Codes, nach denen wir fragen, macht jetzt eine App.
factor-changed-app-removed = Die App, die Codes macht, wurde entfernt.
factor-changed-passkey-added = Ein Passkey ist dazugekommen.
factor-changed-passkey-removed = Ein Passkey wurde entfernt.
factor-changed-new-codes = Es gibt neue Codes für den Notfall; die alten gelten nicht mehr.
factor-changed-code-used = Mit einem Code für den Notfall hat sich jemand angemeldet.
factor-changed-all-removed = Die Leute, die diesen Ort betreiben, haben deinen zweiten Faktor entfernt.
factor-changed-link = Nachsehen, was eingestellt ist

owner-link-subject = Der Schlüssel zu { $place }
owner-link-told = das ist der Schlüssel zu { $place }. Wer den Link zuerst öffnet, dem gehört der Ort, und wählt Namen und Passwort. Mach es also bald, und gib ihn nicht weiter.
owner-link-link = Den Ort übernehmen
owner-link-good-for = Er funktioniert einmal und gilt { $span }.

## Über Beiträge

post-held-subject = Ein Beitrag von dir auf { $place } wartet kurz
post-held-told = dein Beitrag steht auf { $place }: Wer dir hier folgt, kann ihn sehen, soweit er für sie oder ihn gedacht ist. Bevor er zu anderen Servern und zu Leuten geht, die dir nicht folgen, sieht ihn sich ein Mensch an.
post-held-by-hand = Jemand aus dem Team hat darum gebeten.
post-held-probation = Das Team von { $place } war eine Weile nicht da. Deshalb gehen im Moment nur wenige Beiträge am Tag an Leute, die einem nicht folgen.
post-held-large-file = Das Team von { $place } war eine Weile nicht da, und dein Beitrag hat eine große Datei. Die warten im Moment.
post-held-first-week = Solange jemand neu ist, geht am Tag nur eine bestimmte Menge an Leute, die ihr oder ihm nicht folgen. Das hält Spam auf; über dich sagt es nichts.
post-held-waking = Du warst lange weg, und der Beitrag bringt einen Link zu Leuten, die dir nicht folgen. So sähe auch ein gestohlenes Konto aus, also sieht jemand nach, ob du es bist.
post-held-nothing-lost = Nichts geht verloren, und du musst nichts tun. Warten noch mehr deiner Beiträge, so steht es an jedem; wir schreiben dir nicht zu jedem einzelnen.
post-held-link = Den Beitrag ansehen

## An das Team

application-received-subject = { $newest } möchte bei { $place } mitmachen
application-answered-subject = { $newest } hat geantwortet
application-appealed-subject = { $newest } bittet um einen zweiten Blick
application-let-in-subject = { $newest } ist bei { $place } aufgenommen und noch ungelesen
application-news-subject = Neues zu { $count ->
    [one] einer Bewerbung
   *[other] { $count } Bewerbungen
} bei { $place }
application-came = { $newest } möchte bei { $place } mitmachen.
application-answered = { $newest } hat auf die Frage geantwortet.
application-appealed = { $newest } hat ein Nein bekommen und bittet um einen zweiten Blick.
application-let-in = { $newest } kam durch die offene Tür; noch hat niemand gelesen, was dort geschrieben steht.
application-more = Und { $count ->
    [one] eine weitere
   *[other] { $count } weitere
}.
application-waiting = { $waiting ->
    [one] Insgesamt wartet eine Person auf Antwort.
   *[other] Insgesamt warten { $waiting } Leute auf Antwort.
}
application-unread = { $unread ->
    [one] Eine Person wurde aufgenommen, deren Worte noch niemand gelesen hat.
   *[other] { $unread } Personen wurden aufgenommen, deren Worte noch niemand gelesen hat.
}
application-unread-link = Zu den Ungelesenen
application-desk = Was sie geschrieben haben und die Knöpfe dazu sind am Empfang.
application-link = Zum Empfang

act-held-subject = { $who } macht bei { $place } viel auf einmal
act-held-told = { $who } hat innerhalb einer Stunde so viel abgelehnt, gesperrt oder blockiert, dass alles Weitere zwölf Stunden wartet:
act-held-somebody = jemanden, den es nicht mehr gibt
act-held-reject = { $whom } ablehnen
act-held-reject-many = { $number ->
    [one] Eine Person ablehnen
   *[other] { $number } Leute ablehnen
}
act-held-suspend = { $whom } sperren
act-held-delete = { $whom } löschen
act-held-disable = Die Anmeldung von { $whom } abschalten
act-held-cut = { $number ->
    [one] Den Zweig von { $whom } abschneiden, eine Person
   *[other] Den Zweig von { $whom } abschneiden, { $number } Leute
}
act-held-list = { $number ->
    [one] Eine Liste mit einer Zeile anwenden
   *[other] Eine Liste mit { $number } Zeilen anwenden
}
act-held-server = Den Server { $whom } fernhalten
act-held-other = Etwas mit { $whom } tun
act-held-right = Wenn das so richtig ist, gibt es nichts zu tun. Wenn nicht, kann jemand von der Leitung es anhalten.
act-held-link = Nachsehen, was wartet

author-woke-subject = { $who } war lange weg und schreibt nun Fremden
author-woke-told = { $who } hatte einen Monat oder länger nichts geschrieben und schickt jetzt Links an Leute, die ihr oder ihm nicht folgen. Vielleicht ist da jemand heimgekommen, vielleicht hat jemand anders das Passwort. Was geschrieben wurde, steht hier, ist aber noch nicht hinausgegangen.
author-woke-look = Bitte sieh es dir an, und lass es gehen, wenn es in Ordnung ist. Was niemand angesehen hat, geht nach zwei Tagen von selbst hinaus.
author-woke-link = Ansehen, was wartet

week-subject = Die Woche an der Tür von { $place }
week-told = das wurde in der letzten Woche an der Tür von { $place } entschieden:
week-line = { $who }: { $approved } hereingelassen, { $rejected } abgelehnt
week-line-suspended = { $who }: { $approved } hereingelassen, { $rejected } abgelehnt; von den früher Hereingelassenen seither { $suspended } gesperrt

test-subject = Ein Test von { $place }
test-told = diese Mail wurde verschickt, weil jemand, hoffentlich du, am Empfang auf „Send me a test mail“ gedrückt hat. Wenn du sie lesen kannst, funktionieren die Mails von { $place }.
test-link = Mails am Empfang

## Ob jemand zu Hause ist: an alle, die sich kümmern

moment = { $day }, { $time } ({ $zone })

switch-first-subject = Noch da?
switch-second-subject = Noch da? Bald wird die Tür von { $place } bewacht
switch-guarded-subject = Die Tür von { $place } ist bewacht
switch-sealed-subject = Die Tür von { $place } ist versiegelt
switch-over-subject = Bei { $place } ist wieder jemand da

switch-unseen = { $place } hat seit { $seen } niemanden mehr gesehen, der sich hier kümmert. Mitlesen und Posten zählen nicht, nur was mit Absicht getan wird.
switch-unseen-ever = { $place } hat bisher niemanden gesehen, der sich hier kümmert. Mitlesen und Posten zählen nicht, nur was mit Absicht getan wird.
switch-guard-comes = Bleibt es so, ist die Tür bewacht ab { $when }: Alle, die mitmachen möchten, warten auf einen Menschen, und manches, was neuere Mitglieder an Fremde schicken, wartet auch. Niemand verliert dadurch etwas.
switch-was-off = { $place } war ausgeschaltet, von { $from } bis { $until }. In dieser Zeit konnte niemand gesehen werden, und die Uhr lief weiter.
switch-guarded-unseen = { $place } hat seit { $seen } niemanden mehr gesehen, der sich hier kümmert. Deshalb ist die Tür jetzt bewacht.
switch-guarded-never = { $place } hat bisher niemanden gesehen, der sich hier kümmert. Deshalb ist die Tür jetzt bewacht.
switch-guarded-waits = { $place } ist jemandem schon zu lange eine Antwort schuldig. Deshalb ist die Tür jetzt bewacht.
switch-guarded-nobody = { $place } hat niemanden mit einer Rolle, die sich um die Tür kümmert. Deshalb ist sie jetzt bewacht.
switch-guarded-means = Alle, die mitmachen möchten, warten auf einen Menschen, und manches, was neuere Mitglieder an Fremde schicken, wartet auch. Nichts geht verloren, und keine Maschine entscheidet über jemanden.
switch-seal-comes = Kommt niemand, wird die Tür versiegelt, frühestens am { $when }.
switch-sealed-told = { $place } hat noch immer niemanden gesehen, der sich hier kümmert. Deshalb ist die Tür jetzt versiegelt.
switch-sealed-means = Niemand kann sich bewerben, Einladungen ruhen, und für alle, die warten, steht die Zeit still. Sonst ändert sich für die Mitglieder nichts.
switch-distress-comes = Kommt niemand, erfahren es alle Mitglieder, frühestens am { $when }, und auch, wie sie ihre Sachen mitnehmen und umziehen können.
switch-over-by = { $who } ist wieder da, und die Tür von { $place } steht wieder so, wie sie eingestellt war. Was noch wartet, ist am Empfang.
switch-over-told = { $place } hat die Tür wieder so, wie sie eingestellt war. Was noch wartet, ist am Empfang.

switch-here-told = Wenn du da bist, sag es kurz:
switch-here-link = Ich bin da
switch-here-good-for = Der Link fragt nach keinem Passwort. Er gilt { $span } und funktioniert einmal.
switch-here-sign-in = Du hast es zweimal hintereinander nur per Mail gesagt, deshalb musst du dich diesmal anmelden. Der Link gilt { $span } und funktioniert einmal.
switch-other-ways = Alles, was du am Empfang tust, sagt dasselbe; ein Favorit für den Beitrag, den { $place } dir geschickt hat, auch.
switch-stays = Das hält die Uhr an. Die Tür bleibt, wie sie ist, bis du gesehen hast, was inzwischen war:
switch-away-link = Während du weg warst
switch-desk-link = Der Empfang
switch-contact = Du liest das, weil dies die Kontaktadresse von { $place } ist.

switch-post-answer = Favorisiere diesen Beitrag oder antworte darauf, dann weiß ich, dass du da bist.
switch-post-away = Was inzwischen war:

seen-subject = Du wurdest bei { $place } gesehen
seen-told = das hat { $place } in der letzten Woche von dir gesehen, als jemandem, der sich hier kümmert:
seen-acts = { $count ->
    [one] eine Handlung am Empfang
   *[other] { $count } Handlungen am Empfang
}
seen-by-app = { $count ->
    [one] eine Handlung über eine deiner Apps
   *[other] { $count } Handlungen über deine Apps
}
seen-check-ins = { $count ->
    [one] du hast dich einmal gemeldet
   *[other] du hast dich { $count }-mal gemeldet
}
seen-visits = { $count ->
    [one] du hast einmal in die Warteschlange gesehen
   *[other] du hast { $count }-mal in die Warteschlange gesehen
}
seen-last = Das letzte Mal war { $last }.
seen-not-you = Wenn du das warst, gibt es nichts zu tun. Wenn nicht, beende die Sitzungen, die du nicht kennst, und wähle ein neues Passwort.
seen-link = Deine Sitzungen
## Solange niemand da ist

sealed-subject = Deine Bewerbung bei { $place } bleibt bestehen
sealed-told = um die Tür von { $place } hat sich seit einer Weile niemand gekümmert. Deshalb wird zurzeit niemand aufgenommen.
sealed-kept = Deine Bewerbung bleibt, wie sie ist. Ihre Zeit steht still, sie läuft also nicht ab, und du musst nichts tun. Wenn du nicht warten möchtest, kannst du sie zurückziehen.
sealed-link = Deine Bewerbung

distress-subject = Seit Langem kümmert sich niemand um { $place }
distress-told = seit Langem war niemand mehr da, der sich um { $place } kümmert. Warum, wissen wir nicht.
distress-works = Im Moment geht alles wie immer: Du kannst dich anmelden, lesen und schreiben. Aber Meldungen liest niemand, aufgenommen wird niemand, und wenn etwas kaputtgeht, ist vielleicht niemand da, um es zu richten.
distress-leave = Du brauchst niemandes Erlaubnis, um mitzunehmen, was dir gehört, oder mit deinen Followern auf einen anderen Server zu ziehen. Am besten geht das, solange dieser Server läuft.
distress-export = Mitnehmen, was dir gehört
distress-move = Auf einen anderen Server ziehen
distress-contact = Wenn du weißt, wer sich um diesen Ort kümmert, sag ihnen, dass sie vermisst werden.
distress-about = Wer das ist
distress-yours = Du gehörst zu denen, die sich darum kümmern. Wann immer du kannst: Was inzwischen war, steht auf einer Seite, und was du dort tust, beendet das.

back-subject = Bei { $place } ist wieder jemand da
back-told = du hast lange gewartet, und das tut uns leid: An der Tür von { $place } war niemand. Jetzt ist wieder jemand da und liest deine Bewerbung innerhalb von { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
}. Du musst nichts tun.
back-link = Deine Bewerbung

absence-ends-subject = Deine Abwesenheit von { $place } ist bald vorbei
absence-ends-told = du hattest angekündigt, bis { $day } nicht bei { $place } zu sein. Das ist die Erinnerung daran; eine andere Mail dazu gab es inzwischen nicht.
absence-ends-then = Danach ist die Tür wieder wie vorher. Ist bis dahin niemand von euch zurück, schließt sie sich Schritt für Schritt, wie immer, wenn niemand da ist.
absence-ends-link = Nachsehen, wie es steht

deputy-named-subject = Du bist Vertretung bei { $place }
deputy-named-told = jemand aus der Leitung von { $place } vertraut dir die Vertretung an, falls dort lange niemand da ist. Dann bekommst du eine Mail und kannst den Wartenden an der Tür antworten und bremsen, wer Schaden anrichtet.
deputy-named-quiet = Bis dahin musst du nichts tun, und niemandem wird gezeigt, dass du Vertretung bist. Behalte es bitte für dich: Am besten weiß es niemand. Wenn du lieber nicht möchtest, sag es jemandem aus der Leitung.
deputy-named-link = Wer das ist

deputy-called-subject = { $place } braucht dich
deputy-called-told = um { $place } konnte sich seit einer Weile niemand kümmern, und du wurdest für diesen Fall als Vertretung benannt.
deputy-called-may = Melde dich ab und wieder an und öffne dann die Seite unten. Dort kannst du den Wartenden an der Tür antworten und Konten und Server bremsen, die Schaden anrichten. Alles davon lässt sich zurücknehmen. Du musst nicht alles tun, und du musst es nicht allein tun.
deputy-called-link = Einspringen

heir-offered-subject = Möchtest du { $place } erben?
heir-offered-told = { $who } aus der Leitung von { $place } fragt dich, ob du den Ort erben möchtest: Er geht an dich über, wenn sehr lange niemand zurückkommt, der sich darum kümmert.
heir-offered-means = Heute ändert das nichts. Sagst du ja, siehst du einmal einen Brief mit einem Code. Er lässt sich öffnen, wenn so lange niemand da war, dass alle Mitglieder es erfahren haben, und noch 60 Tage länger. Dann hören alle Mitglieder davon, und 14 Tage später gehört der Ort auch dir. Ist vorher jemand aus der Leitung da, bleibt alles, wie es ist.
heir-offered-quiet = Du kannst nein sagen und es jederzeit wieder abgeben. Behalte es bitte für dich: Bis der Brief geöffnet wird, wird es niemandem sonst gezeigt. Die Frage gilt bis zum { $day }.
heir-offered-link = Ja oder nein sagen

heir-notice-subject = { $place } geht am { $day } in neue Hände
heir-notice-told = um { $place } hat sich seit langem niemand gekümmert. Für diesen Fall wurde jemand bestimmt, der den Ort erbt: { $who }. Der Brief dafür ist jetzt geöffnet, und am { $day } geht { $place } an { $who } über.
heir-notice-works = Du musst nichts tun. Alles bleibt, wie es ist, und von da an ist wieder jemand da, der Meldungen lesen, Leute hereinlassen und richten kann, was kaputtgeht.
heir-notice-stops = Kommt vorher jemand aus der Leitung zurück, wird nichts daraus. Wenn du jemanden davon kennst, sag Bescheid.
heir-notice-profile = Wer das ist
heir-notice-leave = Wenn du lieber gehen möchtest: Du brauchst niemandes Erlaubnis, um mitzunehmen, was dir gehört, oder mit deinen Followern umzuziehen.
heir-notice-runs = Wenn du da bist, melde dich an und öffne die Seite unten: Gesehen zu werden genügt, und es ist vorbei. Wenn du nichts tust, behältst du deine Rolle, und der Ort gehört noch jemandem mehr.
heir-notice-helps = Wird jemand aus der Leitung gesehen, ist es vorbei. Wenn du jemanden davon kennst, sag Bescheid. Kommt niemand zurück, behältst du deine Rolle.
heir-notice-contact = Meldet sich jemand aus der Leitung an und öffnet den Schreibtisch, ist es vorbei. Diese Mail ging an die Kontaktadresse von { $place }.
heir-notice-away = Während du weg warst
heir-notice-own = Wie es steht, und abgeben
heir-notice-yours = du hast den Brief geöffnet: Am { $day } geht { $place } an dich ({ $who }) über. Alle Mitglieder erfahren es gerade. Warst du es nicht, melde dich an, ändere dein Passwort und gib es auf der Seite „The heir“ wieder ab.
heir-notice-yours-then = Kommt vorher jemand aus der Leitung zurück, ist es vorbei, und du hörst davon. War der Server inzwischen lange aus, wird es später.

heir-stopped-subject = { $place } bleibt in seinen Händen
heir-stopped-told = { $place } geht nicht an { $who } über.
heir-stopped-back = Jemand aus der Leitung war da, oder die Tür steht wieder, wie sie eingestellt war.
heir-stopped-stays = Wer erben soll, bleibt bestimmt, und der Brief gilt weiter. Er lässt sich wieder öffnen, wenn 60 Tage lang niemand aus der Leitung da war.
heir-stopped-taken = Es wurde zurückgenommen, und der Brief gilt nicht mehr.
heir-stopped-void = { $who } erbt nicht mehr, und der Brief gilt nicht mehr.
heir-stopped-link = Wie es um die Tür steht

heir-succeeded-subject = { $place } ist in neuen Händen
heir-succeeded-told = nach { $place } kam niemand zurück, und die Frist ist vorbei: Der Ort gehört jetzt auch { $who }.
heir-succeeded-yours = nach { $place } kam niemand zurück, und die Frist ist vorbei: Der Ort gehört jetzt auch dir. Danke, dass du ihn übernimmst. Die Seite unten zeigt, was war und wer wartet; dort gibst du die Tür wieder frei.
heir-succeeded-factor = Richte innerhalb von sieben Tagen unter Einstellungen einen zweiten Faktor ein: Ohne ihn ruhen die Rechte.
heir-succeeded-roles = Wer eine Rolle hatte, hat sie noch. Sonst wurde nichts geändert.

## Der Hinweis über den Entwürfen in der App

notice-somebody = Ein Mensch
notice-or = { $names } oder { $last }
notice-put-off = Sie wurde bis zum { $day } zurückgestellt und ist nicht vergessen.
notice-stands = Um die Tür hat sich seit einer Weile niemand gekümmert, darum dauert es länger. Ihre Zeit steht so lange still: Sie läuft nicht ab.
notice-being-read = Jemand hat angefangen, sie zu lesen.
notice-confirmed = { $readers } wird sie lesen.
notice-drafts = { $count ->
    [0] Was du inzwischen schreibst, wird als Entwurf aufgehoben, den nur du und sie sehen können.
    [one] Deinen Entwurf unten siehst nur du, und sie.
   *[other] Deine { $count } Entwürfe unten siehst nur du, und sie.
}
notice-waiting = Du bist auf der Veranda von { $place }. Deine Bewerbung vom { $day } wartet: { $step }
notice-appealed = Du bist auf der Veranda von { $place }. Deine Bewerbung wartet, mit deiner Bitte um einen zweiten Blick: { $step }
notice-profile = Dein Profil kannst du auch schon ausfüllen.
notice-asked = Die Leute, die bei { $place } Bewerbungen lesen, fragen dich:
notice-how = Antworte auf diesen Beitrag. Nur wer Bewerbungen liest, sieht die Antwort.
notice-also-open = Auch Fragen des Formulars sind offen: { $questions }. Bitte antworte auf der Seite dieses Beitrags.
notice-one-open = Eine Frage von { $place } ist noch offen: { $question }
notice-open = Einige Fragen von { $place } sind noch offen: { $questions }. Bitte antworte auf der Seite dieses Beitrags.
notice-quote = „{ $words }“

## Eine App hereinlassen

sign-in-title = Anmelden
sign-in-for-app = { $app } möchte dein Konto benutzen. Melde dich erst an; entscheiden kannst du auf der nächsten Seite.
sign-in-login = E-Mail-Adresse oder Name
sign-in-password = Passwort
sign-in-button = Anmelden
sign-in-forgot = Passwort vergessen?
sign-in-apply = Noch nicht von hier? Bewirb dich.

consent-title = Eine App hereinlassen
consent-may = Darf { $app } für dich handeln?
consent-wants = Sie möchte
consent-heavy = Rechte des Teams
consent-home = Sie sagt, sie sei hier zu Hause:
consent-then-host = Danach geht es weiter zu { $host }.
consent-then-code = Danach zeigen wir einen Code für sie.
consent-take-back = Du kannst das jederzeit zurücknehmen:
consent-apps = Einstellungen, Apps
consent-allow = Erlauben
consent-deny = Nein, danke
consent-not-you = Bist du das nicht? Dann melde dich erst ab, im Menü.
consent-code-title = Dein Code
consent-code = Dein Code für { $app }
consent-code-copy = Kopiere ihn in die App. Er funktioniert einmal und gilt zehn Minuten. Gib ihn niemandem sonst.
consent-some-app = die App

scope-read = Alles sehen, was du sehen kannst, auch deine Einstellungen und Nachrichten
scope-profile = Deinen Namen und dein Profil sehen, und sonst nichts
scope-write = Alles tun, was du tun kannst: schreiben, löschen, folgen, dein Profil ändern
scope-follow = Sehen und ändern, wem du folgst und wen du stummschaltest oder blockierst
scope-push = Dir Mitteilungen schicken
scope-admin-read = Alles sehen, was das Team sehen kann, auch Adressen und Netze
scope-admin-write = Als Team handeln: über Bewerbungen entscheiden, Konten einschränken und sperren
scope-read-accounts = Konten sehen, auch deines
scope-read-blocks = Sehen, wen du blockierst
scope-read-bookmarks = Deine Lesezeichen sehen
scope-read-collections = Deine Sammlungen sehen
scope-read-favourites = Sehen, was du favorisiert hast
scope-read-filters = Deine Filter sehen
scope-read-follows = Sehen, wem du folgst
scope-read-lists = Deine Listen sehen
scope-read-mutes = Sehen, wen du stummschaltest
scope-read-notifications = Deine Mitteilungen sehen
scope-read-search = Für dich suchen
scope-read-statuses = Beiträge sehen, auch solche, die für dich bestimmt sind
scope-write-accounts = Dein Profil ändern
scope-write-blocks = Für dich blockieren
scope-write-bookmarks = Deine Lesezeichen ändern
scope-write-collections = Deine Sammlungen ändern
scope-write-conversations = Unterhaltungen stummschalten und löschen
scope-write-favourites = Beiträge favorisieren
scope-write-filters = Deine Filter ändern
scope-write-follows = Für dich folgen und entfolgen
scope-write-lists = Deine Listen ändern
scope-write-media = Bilder und andere Dateien hochladen
scope-write-mutes = Für dich stummschalten
scope-write-notifications = Deine Mitteilungen löschen
scope-write-reports = Andere melden
scope-write-statuses = Schreiben, und löschen, was du geschrieben hast
scope-admin-read-part = Einen Teil dessen sehen, was das Team sehen kann
scope-admin-write-part = Einen Teil dessen tun, was das Team tun kann
scope-other = Einen weiteren Teil deines Kontos benutzen

## Was einer App verweigert wird

refused-account-moved = Dieses Konto ist umgezogen. Nimm den Umzug in den Einstellungen zurück, um hier wieder mitzumachen.
refused-application = Deine Bewerbung wurde nicht angenommen.
refused-applicant-file = Eine Antwort an die, die Bewerbungen lesen, ist nur Text.
refused-blank = Da steht noch nichts.
refused-boost-gone = Das Teilen wurde im selben Moment zurückgenommen. Bitte versuch es noch einmal.
refused-broken = Bei uns ist etwas schiefgegangen. Es wurde aufgezeichnet.
refused-busy = Dieser Server hat gerade mehr zu tun, als er kann. Versuch es in ein paar Sekunden noch einmal.
refused-changed = Inzwischen hat sich etwas geändert. Bitte versuch es noch einmal.
refused-client-only = Das geht nur mit einem Token der App selbst.
refused-damaged-picture = Das Bild lässt sich nicht lesen; vielleicht ist die Datei beschädigt.
refused-deleted = Das wurde gelöscht.
refused-disabled = Dein Zugang ist zurzeit gesperrt.
refused-file-in-use = Die Datei gehört zu einem Beitrag. Sie geht, wenn der Beitrag geht.
refused-file-too-large = Die Datei ist zu groß.
refused-fresh-sign-in = Melde dich bitte erst ab und wieder an: Dafür muss die Anmeldung frisch sein.
refused-no-picture = So ein Bild können wir nicht annehmen: bitte JPEG, PNG, GIF oder WebP.
refused-no-quotes = Zitieren geht hier noch nicht.
refused-no-schedule = Beiträge lassen sich hier noch nicht planen. Lass die Zeit weg, um gleich zu schreiben.
refused-no-thread = Dieser Beitrag hat keine Unterhaltung, die sich stummschalten ließe.
refused-not-allowed = Das ist nicht erlaubt.
refused-not-found = Das gibt es hier nicht.
refused-others-file = Eine der Dateien lässt sich nicht anhängen: Sie gehört dir nicht, oder ein anderer Beitrag hat sie schon.
refused-pending = Deine Bewerbung wartet noch auf eine Antwort.
refused-pictures-busy = Gerade werden viele Bilder hochgeladen. Bitte versuch es gleich noch einmal.
refused-pin-kind = Geteiltes und was nur für Erwähnte ist, lässt sich nicht anheften.
refused-pin-many = Mehr Beiträge lassen sich nicht anheften.
refused-pin-others = Beiträge von anderen lassen sich nicht anheften.
refused-remote-busy = Zu viele Fragen an andere Server. Versuch es in einer Minute noch einmal.
refused-report-self = Dich selbst kannst du nicht melden.
refused-scopes = Das darf diese App nicht: Du hast es ihr nicht erlaubt.
refused-second-factor = Richte erst einen zweiten Faktor ein: Ohne ihn ruhen die Rechte des Teams. In den Einstellungen gibt es eine Seite dafür.
refused-sign-in = Melde dich bitte erst an.
refused-sign-in-busy = Gerade melden sich viele Leute an. Bitte versuch es gleich noch einmal.
refused-token = Die Anmeldung dieser App gilt nicht (mehr).
refused-too-long = Das ist zu lang: höchstens 500 Zeichen.
refused-too-many = Das waren zu viele Anfragen. Bitte warte einen Moment und versuch es dann wieder.
refused-unconfirmed = Deine E-Mail-Adresse ist noch nicht bestätigt.
refused-uploads-used-up = Dieses Konto kann im Moment 20 MB am Tag hochladen, und die sind aufgebraucht. Bitte versuche es morgen wieder, oder mit einer kleineren Datei.
refused-user-only = Das geht nur mit einem angemeldeten Menschen.
