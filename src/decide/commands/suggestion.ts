// One command as a whole mail that only has to be signed.
import type { Suggestion } from '../../model/order.ts'
import type { Settings } from '../../model/settings.ts'

export const suggestion = ({ instance }: Settings, label: string, command: string): Suggestion => ({
  label,
  body: `embargod ${instance}\n${command}\n`,
})
