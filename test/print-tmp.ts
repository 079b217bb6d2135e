import { wordingOf } from '../src/compose/wording.ts'
import { contextWith, settings } from './compose/given.ts'
import { everyOrder } from './compose/orders.ts'

for (const name of [
  'news-date',
  'news-lifted',
  'reminder-early',
  'reminder-late',
  'reminder-lifted',
  'alert-public',
]) {
  const order = everyOrder[name]
  if (!order) continue
  const { subject, leaves } = wordingOf(order, settings.addresses.security, contextWith())
  const [leaf] = leaves
  console.log(`=== ${name}\nSubject: ${subject}\n\n${leaf && 'text' in leaf ? leaf.text : ''}`)
}
