// What mail systems and answering machines write in names, subjects and texts, in the languages they speak. All
// of it is in lower case, and each list says where its words are looked for. Nothing is decided here.

/** Local parts that nobody but a mail system has. */
export const systemName = /^(?:mailer[-_.]?daemon|mail-?daemon|mdaemon|microsoftexchange[0-9a-f]{32})$/

/** Local parts and display names of mail systems that a program or a person of that office may have as well. */
export const officeName =
  /^(?:postmaster|mailer|mail[-_.]?(?:delivery|system|router|gateway|admin|administrator))(?:[-_.+].{0,60})?$/
export const officeTitle = /\b(?:postmaster|system administrator|mail administrator)\b/

/** Display names that a mail system gives itself. */
export const systemTitle =
  /\bmailer[- ]?daemon\b|\b(?:mail|message|returned mail) deliver(?:y|ed)? (?:sub)?(?:system|service|agent)\b|\bmail deliver system\b|\bdelivery subsystem\b/

/** Local parts of programs that want no answer. */
export const programName =
  /^(?:.{1,40}[-_.+])?(?:no|not|do[-_.]?not)[-_.]?repl(?:y|ies)(?:[-_.+0-9].{0,60})?$|^(?:listserv|majordomo|mailman|ezmlm|sympa|auto[-_.]?(?:repl(?:y|ies)|respond(?:er)?|response|mailer|notify)|vacation|bounces?|daemon|cron)(?:[-_.+].{0,60})?$|^owner-.{1,60}$|^.{1,60}-(?:request|bounces?|owner|confirm|return-.{1,60})$/

/** At the start of a person's subject: they answer or pass on what stands behind it. */
export const answerPrefix =
  /^(?:re|fwd?|aw|wg|tr|rv|ref|sv|vs|vb|res|enc|antw|doorst|odp|pd|fs|回复|转发|答复|返信|転送)\s{0,3}(?:\[[0-9]{1,3}\])?\s{0,3}[:：]/

/** In the subject of a report on delivery. They count only where a mail system writes. */
export const bounceSubjects = [
  ...['undeliver', 'nondeliver', 'non-deliver', 'not delivered', 'not be delivered', 'non delivery'],
  ...['returned mail', 'mail returned', 'returned to sender', 'returning message', 'returned message'],
  ...['failure notice', 'failed mail', 'failed delivery', 'failed to deliver', 'unable to deliver'],
  ...['delivery failure', 'delivery has failed', 'delivery failed', 'delivery status', 'delivery report'],
  ...[
    'delivery notification',
    'delivery delayed',
    'delivery problem',
    'delivery error',
    'delivery incomplete',
  ],
  ...['delivery unsuccessful', 'mail delivery', 'mail failure', 'mail failed', 'mail status report'],
  ...[
    'mail system error',
    'mail transaction failed',
    'mail could not',
    'could not send',
    'could not deliver',
  ],
  ...['error sending your', 'delayed mail', 'message delayed', 'message status', 'message rejected'],
  ...['mail rejected', 'rejected mail', 'warning: message', 'there was an error sending'],
  ...['unzustellbar', 'nicht zustellbar', 'nicht zugestellt', 'zustellung', 'unzustellbarkeit'],
  ...['non remis', 'non distribu', 'non délivr', 'échec de', 'echec de', 'onbestelbaar', 'niet bezorgd'],
  ...['non recapitabil', 'mancato recapito', 'mancata consegna', 'no se puede entregar', 'no entregado'],
  ...['error de entrega', 'não entregue', 'falha na entrega', 'niedostarcz', 'недоставлен', 'не доставлен'],
  ...['kan inte levereras', 'kan ikke leveres', 'toimittamatta', 'nedoručiteln', 'teslim edileme'],
  ...[
    '配信不能',
    '配信エラー',
    '配送エラー',
    '送信できません',
    '退信',
    '无法投递',
    '無法傳遞',
    '반송',
    '배달',
  ],
]

/** At the beginning of the text of a report on delivery, under the same condition. */
export const bounceWords = [
  ...['not be delivered', 'not been delivered', 'was not delivered', 'were not delivered', 'undeliver'],
  ...['unable to deliver', 'could not deliver', 'cannot deliver', 'failed to deliver', 'not deliverable'],
  ...['delivery has failed', 'delivery failed', 'delivery to the following', 'delivery failure'],
  ...['delivery of the following', 'did not reach the following', 'delivery status notification'],
  ...['permanent error', 'permanent fatal error', 'permanent failure', 'returned to sender', 'no such user'],
  ...['user unknown', 'unknown user', 'unknown recipient', 'mailbox unavailable', 'mailbox is full'],
  ...['mailbox full', 'over quota', 'quota exceeded', 'no longer accepts mail', 'address rejected'],
  ...['konnte nicht zugestellt', 'nicht zugestellt werden', "n'a pas pu être", 'no se pudo entregar'],
  ...['non è stato possibile', 'não pôde ser', 'не удалось доставить', '配信できません', '送信できません'],
]

/** RFC 3463 status or RFC 5321 reply, where such a report gives one; of the replies only those about mail. */
export const deliveryCode = /(?:^|[^0-9.])(?:[45]\.[0-7]\.[0-9]{1,3}(?![0-9.])|(?:421|45[0-2]|55[0-6])[ -])/

/** The whole subject of an answering machine, or what stands in it before a colon, a bracket or a dash. */
export const answerSubject =
  /^[([]?(?:auto(?:mat(?:ed|ic))?[- ]?(?:re(?:ply|sponse|sponder)|answer)|auto|out of (?:the )?office(?: (?:auto-?reply|reply|response|notification|notice|message))?|ooo|away from (?:the |my )?(?:office|mail|desk)|vacation(?: (?:reply|response|message|notice))?|on (?:vacation|leave|holiday)|automatische antwort|abwesen(?:d|heit|heits(?:notiz|meldung|assistent))|nicht im büro|réponse automatique|message d.absence|absence du bureau|absent du bureau|respuesta automática|fuera de la oficina|risposta automatica|fuori (?:ufficio|sede)|resposta automática|ausência(?: temporária)?|automatisch antwoord|afwezig(?:heid(?:sbericht)?)?|automatyczna odpowiedź|autoodpowiedź|автоматический ответ|автоответ|auto(?:matiskt )?svar|automatisk svar|frånvaro|fravær|automaattinen vastaus|automatická odpověď|otomatik yanıt|automatikus válasz|αυτόματη απάντηση|自动回复|自動回覆|自動回信|自動応答|自動返信|不在通知|자동 회신|자동 응답|부재중) ?(?:[)\]:：(–-]|$)/

/** At the start of a subject that only programs write: absences, aggregate reports (RFC 7489), abuse complaints. */
export const programSubject =
  /^(?:away until|out of (?:the )?office until|report domain: \S{1,255}|complaint about message from|\[?(?:cron|anacron) )/

/** In the first words of a text that a program wrote. */
export const programText =
  /\bthis (?:is|was) an auto(?:matic|mated|matically[- ](?:generated|created|sent)) (?:reply|response|answer|message|notification|notice|acknowledge?ment|e?-?mail|delivery|out)\b|\bthis (?:message|e?-?mail|reply) (?:was|is|has been) (?:generated |sent |created )?automatically\b|\bdies ist eine automatisch(?:e|\s(?:generierte|erstellte|erzeugte)) (?:nachricht|antwort|e-?mail|mail)\b|\bceci est un (?:message|e-?mail|courriel) automatique\b|\beste es un (?:mensaje|correo) automático\b/

/** Fields that programs alone write, whatever they say. */
export const machineFields: ReadonlySet<string> = new Set([
  ...['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-reply', 'x-mail-autoreply'],
  ...['x-autoreply-from', 'x-autogenerated', 'x-autosubmitted', 'x-auto-submitted', 'feedback-id'],
  ...['x-fc-machinegenerated', 'x-cron-env', 'tls-report-domain', 'x-arf'],
])

/** Fields that reports on delivery alone have. */
export const bounceFields: ReadonlySet<string> = new Set([
  ...['x-failed-recipients', 'x-ms-exchange-message-is-ndr', 'x-exim-dsn-information'],
])
