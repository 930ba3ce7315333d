/** The package describes only its full build; this is the same without clusters. */
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck'
}
