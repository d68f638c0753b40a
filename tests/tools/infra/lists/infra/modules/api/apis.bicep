var fragments = [
  { name: 'token', value: 'x' }
]
var policies = {
  'api.xml': 'x'
  'product-public.xml': 'x'
}
