var namedValues = {
  'shop-origin': 'https://shop.example'
}
