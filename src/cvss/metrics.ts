// The metrics of CVSS as the specifications of FIRST list them, in their order: v3.0 and v3.1 §6, v4.0 §7.
// Data only.

/** A metric's name, and the values it may have. */
export type Metric = { readonly name: string; readonly values: readonly string[] }

export type Metrics = {
  /** Each stands in every vector. */
  readonly mandatory: readonly Metric[]
  readonly optional: readonly Metric[]
}

const metric = (name: string, values: string): Metric => ({ name, values: values.split(' ') })
const metrics = (names: string, values: string): readonly Metric[] =>
  names.split(' ').map(name => metric(name, values))

export const METRICS_3: Metrics = {
  mandatory: [
    metric('AV', 'N A L P'),
    metric('AC', 'L H'),
    metric('PR', 'N L H'),
    metric('UI', 'N R'),
    metric('S', 'U C'),
    ...metrics('C I A', 'H L N'),
  ],
  optional: [
    metric('E', 'X H F P U'),
    metric('RL', 'X U W T O'),
    metric('RC', 'X C R U'),
    ...metrics('CR IR AR', 'X H M L'),
    metric('MAV', 'X N A L P'),
    metric('MAC', 'X L H'),
    metric('MPR', 'X N L H'),
    metric('MUI', 'X N R'),
    metric('MS', 'X U C'),
    ...metrics('MC MI MA', 'X H L N'),
  ],
}

export const METRICS_4: Metrics = {
  mandatory: [
    metric('AV', 'N A L P'),
    metric('AC', 'L H'),
    metric('AT', 'N P'),
    metric('PR', 'N L H'),
    metric('UI', 'N P A'),
    ...metrics('VC VI VA SC SI SA', 'H L N'),
  ],
  optional: [
    metric('E', 'X A P U'),
    ...metrics('CR IR AR', 'X H M L'),
    metric('MAV', 'X N A L P'),
    metric('MAC', 'X L H'),
    metric('MAT', 'X N P'),
    metric('MPR', 'X N L H'),
    metric('MUI', 'X N P A'),
    ...metrics('MVC MVI MVA MSC', 'X H L N'),
    ...metrics('MSI MSA', 'X S H L N'),
    metric('S', 'X N P'),
    metric('AU', 'X N Y'),
    metric('R', 'X A U I'),
    metric('V', 'X D C'),
    metric('RE', 'X L M H'),
    metric('U', 'X Clear Green Amber Red'),
  ],
}
