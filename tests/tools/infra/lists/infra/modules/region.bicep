var settings = {
  COSMOS_DATABASE: 'shop'
}

module stamp 'stamp.bicep' = {
  name: 'stamp'
  params: {
    namedValues: { 'shop-origin': 'https://shop.example' }
  }
}
